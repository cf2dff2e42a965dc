// SPDX-License-Identifier: BSD-2-Clause
/* Starts CPUs that are not the cell's in code of its own. */
#include "ipi.h"

int main(void)
{
	return ipi_probe("ipi-startup", ICR_STARTUP | 8);
}
