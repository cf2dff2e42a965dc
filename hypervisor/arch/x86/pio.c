/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the maps of I/O ports: a port that is a guest's costs no exit, any other reads as ones and ignores writes, as an absent one. The
 * root's doors to reset and power trap, too, and are looked at.
 */
#include <asm/port.h>
#include <asm/vcpu.h>
#include <bulkhead/arch.h>
#include <bulkhead/runtime.h>
#include <bulkhead/string.h>

#define PORT_KEYBOARD 0x64
#define PORT_SYSTEM_CONTROL 0x92
#define PORT_PCI_ADDRESS 0xcf8
#define PORT_RESET 0xcf9
#define PM1_SLEEP 0x20 /* of the second byte */

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

/*
 * Where a PC is reset or switched off: a port, and which of its bits must have which values. A cell that does so means itself; what the
 * root does goes to the machine, unless a critical cell runs.
 */
struct door {
	u32 port; /* 0: the machine has none */
	u8 mask, value;
	u8 end; /* enum fault_cause of a cell; FAULT_NONE: goes nowhere */
};

#define DOORS 9

static void doors_list(struct door d[DOORS])
{
	const struct blob_x86 *x86 = system_plan.x86;
	u32 a = x86->pm1a_control, b = x86->pm1b_control;
	const struct door all[DOORS] = {
		{ PORT_KEYBOARD, 0xf1, 0xf0, FAULT_RESET }, /* output lines pulsed, that of reset among them */
		{ PORT_KEYBOARD, 0xff, 0xd1, FAULT_NONE },  /* all of them are what comes next, through the data port */
		{ PORT_SYSTEM_CONTROL, 0x01, 0x01, FAULT_RESET },
		{ PORT_RESET, 0x04, 0x04, FAULT_RESET },
		{ x86->reset_port, 0xff, x86->reset_value, FAULT_RESET },
		{ a, 0, 1, FAULT_NONE }, /* never; the other half of a register of two bytes */
		{ a ? a + 1 : 0, PM1_SLEEP, PM1_SLEEP, FAULT_OFF },
		{ b, 0, 1, FAULT_NONE },
		{ b ? b + 1 : 0, PM1_SLEEP, PM1_SLEEP, FAULT_OFF },
	};

	memcpy(d, all, sizeof(all));
}

void port_doors_close(struct pa root_map)
{
	struct door d[DOORS];

	doors_list(d);
	for (u32 i = 0; i < DOORS; i++)
		if (d[i].port)
			port_map_set(root_map, range_make(d[i].port, 1), true);
}

bool port_is_door(struct range ports)
{
	struct door d[DOORS];

	doors_list(d);
	for (u32 i = 0; i < DOORS; i++)
		if (d[i].port && range_has(ports, d[i].port))
			return true;
	return false;
}

/* The door that a write of these bytes opens, looked at one by one, or DOORS. */
static u32 door_opened(const struct door d[DOORS], u32 port, u32 width, u64 value)
{
	u32 i = 0;

	for (; i < DOORS; i++) {
		u32 byte = d[i].port - port;

		if (d[i].port && byte < width && (value >> 8 * byte & d[i].mask) == d[i].value)
			break;
	}
	return i;
}

/* PCI configuration's address: only an access to all of it is one. */
static bool is_pci_address(struct port_access access)
{
	return access.port == PORT_PCI_ADDRESS && access.width == 4;
}

/* What is nobody else's, though it traps. No cell has a door. */
static bool is_roots(struct port_access access)
{
	for (u32 i = 0; i < access.width; i++)
		if (!port_is_door(range_make(access.port + i, 1)))
			return is_pci_address(access);
	return true;
}

static bool may_write(struct cpu *cpu, struct port_access access, u64 value)
{
	struct door d[DOORS];
	u32 i;

	doors_list(d);
	i = is_pci_address(access) ? DOORS : door_opened(d, access.port, access.width, value);
	if (cell_is_root(cpu->cell))
		return is_roots(access) && (i == DOORS || !cell_refuses_reset());
	if (i < DOORS && d[i].end != FAULT_NONE)
		cell_halt(cpu, (enum fault_cause)d[i].end);
	return false;
}

void trap_port(struct cpu *cpu, struct trap_frame *frame, struct port_access access)
{
	u64 mask = access.width == 4 ? 0xffffffffu : access.width == 2 ? 0xffffu : 0xffu;
	u64 *rax = &frame->r[REG_RAX], read = mask;

	count_exit(cpu, EXIT_X86_PIO);
	if (access.string) {
		inject_gp(cpu);
		return;
	}
	if (!access.in && may_write(cpu, access, *rax & mask))
		port_write(access.port, access.width, (u32)*rax);
	if (access.in && cell_is_root(cpu->cell) && is_roots(access))
		read = port_read(access.port, access.width) & mask;
	if (access.in)
		*rax = access.width == 4 ? read : (*rax & ~mask) | read;
	vcpu_skip(cpu, access.length);
}
