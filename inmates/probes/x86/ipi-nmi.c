// SPDX-License-Identifier: BSD-2-Clause
/* Sends NMIs, which nothing can mask, to all CPUs but its own. */
#include "ipi.h"

int main(void)
{
	return ipi_probe("ipi-nmi", ICR_NMI);
}
