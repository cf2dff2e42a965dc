// SPDX-License-Identifier: GPL-2.0-only
/* What stays open on a machine of this architecture whatever Bulkhead does. Each row is a heading of CAVEATS.md; a test compares. */
#include "output.h"
#include "verbs.h"

static const struct {
	u32 archs;
	const char *who; /* has to be trusted */
	const char *heading;
	const char *what;
} rows[] = {
	{ ALL, "root, devices", "DMA is not isolated", "devices, and who programs them, reach all memory, cells' as well" },
	{ ARM64, "root", "ITS and LPIs are the root's", "the ITS writes memory for the root, and sends LPIs to any CPU" },
	{ RISCV, "root, devices", "MSIs of devices reach any interrupt file", "a device's message can be an interrupt of a cell" },
	{ X86, "root, devices", "Interrupts of the root's devices reach any CPU", "vectors, NMIs and INITs of IO-APICs and devices" },
	{ ARM64, "devices", "Message-based SPIs", "a device that can do DMA pends any SPI" },
	{ ARM64 | RISCV, "root", "Firmware calls of the root are forwarded", "what firmware does with addresses in them is not checked" },
	{ ALL, "firmware", "Firmware is trusted", "it sees and changes everything" },
	{ ALL, "root", "Clocks, power and pins are the root's", "it can stop or slow what a cell uses" },
	{ ALL, "root", "Resets and power-off by the root end all cells", "its watchdog and its panic= reboot as well" },
	{ ALL, "root", "Console UART shared with the root", "it can garble or stop the UART a panic is told on; the log's ring stays" },
	{ ALL, "root", "The root loads and manages cells", "a cell's code is what the root loaded" },
	{ ARM64 | X86, "cells", "EOI of another owner's interrupt", "a level-triggered interrupt may come once more than it should" },
	{ ARM64, "cells", "A blocked kick loses the CPU", "a cell can keep its CPU from being given back; nothing else" },
	{ ALL, "members", "Shared windows", "members change the data at any time, and ring without end" },
	{ ALL, "cells", "Shared caches, buses and predictors", "cells can measure and slow each other" },
	{ ARM64, "cells", "Broadcast maintenance disturbs others", "flushes of one owner cost the CPUs of others time" },
	{ ALL, "people", "Physical access and external debug", "JTAG, probes on buses" },
};

void trust_print(void)
{
	output_table_begin("open", NULL);
	for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!(rows[i].archs & arch_bit_here()))
			continue;
		output_row();
		output_string("trusted", "TRUSTED", rows[i].who);
		output_string("caveat", "NOT ISOLATED (see CAVEATS)", rows[i].heading);
		output_string("what", "WHAT", rows[i].what);
	}
	output_table_end();
}
