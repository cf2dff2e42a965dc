// SPDX-License-Identifier: BSD-2-Clause
/* Interrupts the root's CPU 0 and, by every way to name them, all others. */
#include "ipi.h"

int main(void)
{
	return ipi_probe("ipi", ICR_FIXED | 0x41);
}
