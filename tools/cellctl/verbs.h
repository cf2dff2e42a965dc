/* SPDX-License-Identifier: GPL-2.0-only */
/* One function for each verb of cellctl; the table is in main.c. */
#ifndef CELLCTL_VERBS_H
#define CELLCTL_VERBS_H

#include "driver.h"

struct options {
	const char *board;       /* -b */
	const char *output;      /* -o */
	u64 entry, argument;     /* BLOB_ANY: not given */
	u64 timeout, confirm;    /* seconds */
	struct range hypervisor; /* --hypervisor-at */
	bool json, follow, force, steps, trust;
	char **operands; /* after the verb */
	u32 count;
};

/* verbs_file.c: need no driver */
enum exit_code verb_compile(const struct options *o);
enum exit_code verb_check(const struct options *o);
enum exit_code verb_dtb(const struct options *o);
enum exit_code verb_board(const struct options *o);
enum exit_code write_result(const char *path, const void *data, size_t size); /* EXIT_DONE or reported */
/* verbs_cell.c: change things */
enum exit_code verb_enable(const struct options *o);
enum exit_code verb_create(const struct options *o);
enum exit_code verb_load(const struct options *o);
enum exit_code verb_start(const struct options *o);
enum exit_code verb_suspend(const struct options *o);
enum exit_code verb_resume(const struct options *o);
enum exit_code verb_reset(const struct options *o);
enum exit_code cell_restart(const struct options *o, struct cell *cell); /* reset by the monitor: its count stays, nothing is printed */
enum exit_code verb_stop(const struct options *o);
enum exit_code verb_destroy(const struct options *o);
enum exit_code verb_boot(const struct options *o);
/* verbs_life.c */
enum exit_code verb_disable(const struct options *o);
enum exit_code verb_shutdown(const struct options *o);
enum exit_code verb_lock(const struct options *o);
enum exit_code verb_confirm(const struct options *o);
/* monitor.c */
enum exit_code verb_monitor(const struct options *o);
/* verbs_show.c: look */
enum exit_code verb_status(const struct options *o);
enum exit_code verb_list(const struct options *o);
enum exit_code verb_show(const struct options *o);
enum exit_code verb_console(const struct options *o);
enum exit_code verb_stats(const struct options *o);
enum exit_code verb_help(const struct options *o);
struct exit_text { /* what only one architecture has; what all have reads the same in each */
	u32 number;
	const char *name, *help;
};
const struct exit_text *exit_text(u32 index); /* of all architectures, each name once; "" ends the list */
/* core.c */
enum exit_code verb_core(const struct options *o);
/* Sets of architectures. */
#define ARM64 (1u << BULKHEAD_ARCH_ARM64)
#define RISCV (1u << BULKHEAD_ARCH_RISCV)
#define X86 (1u << BULKHEAD_ARCH_X86)
#define ALL (ARM64 | RISCV | X86)
static inline u32 arch_bit_here(void)
{
	return 1u << board_arch_here()->number;
}

/* doctor.c */
enum exit_code verb_doctor(const struct options *o);
/* trust.c */
void trust_print(void);
/* explain.c */
enum exit_code verb_explain(const struct options *o);
const char *fault_name(u32 cause);
const char *fault_help(u32 cause);
/* states.c */
/* The verb table of abi/hypercall.h: the new state, CELL_FREE: refused. */
u32 state_after(enum cell_verb verb, u32 state);
enum exit_code verb_states(void);
enum exit_code verb_version(const struct options *o);

#endif
