/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns the maps of I/O ports: a port that is a guest's costs no exit, any other reads as ones and ignores writes, as an absent one. */
#include <asm/port.h>
#include <asm/vcpu.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>

#define PORT_KEYBOARD 0x64
#define KEYBOARD_RESET 0xfe
#define PORT_RESET 0xcf9
#define RESET_CPU 0x4
#define PM1_SLEEP 0x2000

/* A bit for each port, in order; an access of several bytes looks at the bits of all of them. */
void port_map_set(struct pa map, struct range ports, bool trapped)
{
	for (u64 port = ports.start; port <= range_last(ports); port++) {
		u64 byte = port / 8;
		u8 *page = arch_window(WINDOW_POOL, (struct pa){ map.v + page_base(byte) }, 1);
		u8 bit = (u8)(1u << port % 8);

		page += byte & (PAGE_SIZE - 1);
		*page = trapped ? *page | bit : *page & (u8)~bit;
	}
}

/* Where a PC is reset or switched off: a cell that does so means itself. */
static enum fault_cause door(u16 port, u64 value)
{
	const struct blob_x86 *x86 = system_plan.x86;
	bool reset = port != 0 && port == x86->reset_port && (value & 0xff) == x86->reset_value;

	if (port == PORT_KEYBOARD)
		reset = (value & 0xff) == KEYBOARD_RESET;
	else if (port == PORT_RESET)
		reset = value & RESET_CPU;
	else if (port != 0 && (port == x86->pm1a_control || port == x86->pm1b_control))
		return value & PM1_SLEEP ? FAULT_OFF : FAULT_NONE;
	return reset ? FAULT_RESET : FAULT_NONE;
}

void trap_port(struct cpu *cpu, struct trap_frame *frame, struct port_access access)
{
	u64 mask = access.width == 4 ? 0xffffffffu : access.width == 2 ? 0xffffu : 0xffu;

	count_exit(cpu, EXIT_X86_PIO);
	if (access.string) {
		inject_gp(cpu);
		return;
	}
	if (access.in)
		frame->r[REG_RAX] = access.width == 4 ? mask : frame->r[REG_RAX] | mask;
	else if (!cell_is_root(cpu->cell) && door(access.port, frame->r[REG_RAX] & mask) != FAULT_NONE)
		cell_halt(cpu, door(access.port, frame->r[REG_RAX] & mask));
	vcpu_skip(cpu, access.length);
}
