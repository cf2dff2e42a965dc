// SPDX-License-Identifier: BSD-2-Clause
/* Sends INIT to all CPUs but its own: they would start over. */
#include "ipi.h"

int main(void)
{
	return ipi_probe("ipi-init", ICR_INIT | ICR_ASSERT);
}
