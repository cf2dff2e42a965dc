// SPDX-License-Identifier: BSD-2-Clause
/* A device of the root, its own console UART: writes a character there. */
#include "probe.h"
#include "port.h"

int main(void)
{
	u64 target;

	probe_start("mmio");
	target = probe_target(0x09000000, MAP_DEVICE);
	probe_control((mmio_read32(comm->gicd_gpa + 0xffe8) & 0xf0) != 0); /* own view of a device: GICD_PIDR2 */
	probe_attack(target);
	attack_write32(target, 'X');
	probe_survived(0);
	return 0;
}
