// SPDX-License-Identifier: GPL-2.0-only
/*
 * `cellctl explain`: what every id means that cellctl, the hypervisor's log or a report shows. Checks and messages are explained where they
 * are (checks.c, driver.c), fault causes and exit reasons in abi/; what only the hypervisor says is here.
 */
#include "verbs.h"

#include <string.h>

#include <bulkhead/abi/exits.h>

#include "checks.h"
#include "output.h"

struct id {
	const char *name, *help;
};

/* Of core/blob.c and blob_cell.c, whose names agree with cellctl's checks where those check the same. cellctl emits none of them. */
static const struct id refusals[] = {
	{ "blob-refused", "The hypervisor's verifier would refuse the cell, and does not say why." },
	{ "blob-size", "A configuration is larger or smaller than it says, or than 64 KiB." },
	{ "blob-magic", "What was passed as a configuration is none." },
	{ "blob-version", "A configuration was made for another ABI: install cellctl, module and image from one build." },
	{ "blob-type", "A cell's configuration was passed where the machine's is wanted, or the other way round." },
	{ "blob-arch", "A configuration is for another architecture." },
	{ "blob-reserved", "A field that must be zero is not." },
	{ "blob-layout", "Sections of a configuration overlap, leave gaps or are out of order." },
	{ "blob-record-size", "Records of a section do not have the size this version knows." },
	{ "blob-count", "A section has more or fewer records than it may." },
	{ "blob-kind", "A section is of a kind this version does not know." },
	{ "blob-duplicate", "A section exists twice." },
	{ "blob-missing", "A section that must be there is not." },
	{ "blob-flags", "A flag is set that this version does not know." },
	{ "window-members", "Members of a window are not in ascending order, or the cell itself is not one of them." },
	{ "window-doorbells", "A window has more doorbells than there may be, or its interrupt is not the cell's." },
	{ "machine-range", "A range of the machine is empty, not aligned, or beyond its last address." },
	{ "machine-overlap", "Ranges of the machine overlap." },
	{ "machine-limit", "The machine's last address is out of what the hypervisor can map." },
	{ "machine-uart", "The log's UART is of an unknown type or lies where none can be." },
	{ "machine-conduit", "How firmware is called is not known." },
	{ "machine-counter", "The counter's frequency is missing, or given where the hardware says it." },
	{ "machine-cbom", "The block size of cache operations is no power of two, or is given where there are none." },
	{ "gic-version", "The interrupt controller is not a GICv3." },
	{ "gic-maintenance", "The GIC's maintenance interrupt is no private one." },
	{ "aplic-sources", "The APLIC has no source, or more than 1023." },
	{ "imsic-layout", "The IMSIC's files cannot lie as the board says." },
	{ "imsic-ids", "The IMSIC has a number of interrupt identities that none can have." },
	{ "ioapic-pins", "An IO-APIC has no pin or too many, or two have the same interrupts." },
	{ "cell-uart", "The cell's UART is of an unknown type or has no address." },
	{ "comm-address", "The comm page is not aligned, or beyond what the cell can address." },
	{ "host-overlap", "Two memory regions of the cell have the same host memory." },
	{ "right-unavailable", "Memory that cannot be read, or a right the hardware does not have." },
	{ "reg-count", "More register ranges, or more trapped ones, than a cell can have." },
};

/* Of core/init.c: "hypervisor step N failed" names them, as their message where there is no better one. */
static const struct id steps[] = {
	{ "boot-block", "Enable, step 1: what the driver passed is of another version, or does not lie where it must." },
	{ "blob", "Enable, step 2: the machine's configuration is refused; the id behind it says why." },
	{ "probe", "Enable, step 3: the CPUs or what they are set to cannot carry the hypervisor; the log says what." },
	{ "ledger", "Enable, step 4: who owns what could not be written down: the machine has more parts than there is room for." },
	{ "console", "Enable, step 5: the log." },
	{ "cells", "Enable, step 6: no memory for the table of cells." },
	{ "root-tables", "Enable, step 7: the root's second-stage tables do not fit the hypervisor's memory." },
	{ "interrupts", "Enable, step 8: the interrupt controller is not as the board says, or its state cannot be taken over." },
	{ "cpu", "Enable, step 9, on each CPU: its registers could not be set as a guest needs them." },
	{ "enter", "Enable, step 10, on each CPU: it could not go on as the root's." },
};

static const struct id causes[] = {
#define CAUSE(n, NAME, text, help) [n] = { text, help },
	FAULT_CAUSES(CAUSE)
#undef CAUSE
};

const char *fault_name(u32 cause)
{
	return causes[cause < ARRAY_SIZE(causes) ? cause : FAULT_UNKNOWN].name;
}

const char *fault_help(u32 cause)
{
	return causes[cause < ARRAY_SIZE(causes) ? cause : FAULT_UNKNOWN].help;
}

static struct id check_at(u32 i)
{
	return (struct id){ checks_id(i), checks_help(checks_id(i)) };
}

static struct id message_at(u32 i)
{
	return (struct id){ driver_id(i), driver_help(driver_id(i)) };
}

static struct id fault_at(u32 i)
{
	return i + 1 < ARRAY_SIZE(causes) ? causes[i + 1] : (struct id){ "", NULL };
}

static struct id exit_at(u32 i)
{
	return (struct id){ exit_text(i)->name, exit_text(i)->help };
}

static struct id refusal_at(u32 i)
{
	return i < ARRAY_SIZE(refusals) ? refusals[i] : (struct id){ "", NULL };
}

static struct id step_at(u32 i)
{
	return i < ARRAY_SIZE(steps) ? steps[i] : (struct id){ "", NULL };
}

static const struct {
	const char *kind;
	struct id (*at)(u32 i); /* "" ends the list */
} kinds[] = {
	{ "check", check_at }, { "message", message_at }, { "fault", fault_at },
	{ "exit", exit_at },   { "refusal", refusal_at }, { "step", step_at },
};

/* Rows of the table: all, or those of one name. */
static void show_ids(const char *only)
{
	output_table_begin("ids", NULL);
	for (u32 k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (u32 i = 0; *kinds[k].at(i).name; i++) {
			struct id id = kinds[k].at(i);

			if (only && strcmp(only, id.name))
				continue;
			output_row();
			output_string("id", "ID", id.name);
			output_string("kind", "KIND", kinds[k].kind);
			output_string("help", "MEANING", id.help);
		}
	}
	output_table_end();
}

static bool known(const char *name, const char **names, u32 room)
{
	bool found = false;
	u32 n = 0;

	for (u32 k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (u32 i = 0; *kinds[k].at(i).name; i++) {
			found |= !strcmp(name, kinds[k].at(i).name);
			if (n + 1 < room)
				names[n++] = kinds[k].at(i).name;
		}
	}
	names[n] = NULL;
	return found;
}

enum exit_code verb_explain(const struct options *o)
{
	const char *names[512];

	if (o->count && !known(o->operands[0], names, ARRAY_SIZE(names))) {
		message_error(NULL, "usage", "there is no id '%s'%s", o->operands[0], suggest_text(o->operands[0], names));
		message_fix("'cellctl explain' lists them");
		return EXIT_BAD_USAGE;
	}
	show_ids(o->count ? o->operands[0] : NULL);
	return EXIT_DONE;
}
