// SPDX-License-Identifier: BSD-2-Clause
/* The frame around an attack. */
#include "probe.h"

void probe_start(const char *name)
{
	print("probe: %s in cell %s\n", name, comm->cell);
}

u64 probe_target(u64 otherwise, enum map_kind kind)
{
	u64 target = inmate_param()->target;

	if (target == 0)
		target = otherwise;
	map_range(target, 8, kind);
	return target;
}

void probe_control(bool good)
{
	print("control: %s\n", good ? "ok" : "failed");
	if (!good)
		cpu_park();
}

void probe_attack(u64 address)
{
	print("attack: 0x%lx\n", address);
}

void probe_survived(u64 value)
{
	print("survived value=0x%lx\n", value);
	print("probe: done\n");
}
