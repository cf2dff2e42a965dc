// SPDX-License-Identifier: BSD-2-Clause
/* Waits for interrupts that never come. */
#include "inmate.h"

int main(void)
{
	print("idle: waiting\n");
	return 0;
}
