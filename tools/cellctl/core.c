// SPDX-License-Identifier: GPL-2.0-only
/*
 * core: a fault report as an ELF core file, for a debugger that has the guest's program. It holds the registers of the CPU that failed,
 * in the kernel's form of struct elf_prstatus. No memory: that of a cell is not the root's to read, not even of one that failed; code and
 * constants a debugger takes from the program.
 */
#include <elf.h>
#include <string.h>

#include "output.h"
#include "verbs.h"

#define NOTE_NAME "CORE"
#define STATUS_CPU 32   /* pr_pid: what debuggers tell threads by */
#define STATUS_REGS 112 /* pr_reg; behind it pr_fpvalid and, if need be, a gap */
#define STATUS_MAX (STATUS_REGS + 8 * 34 + 8)

/* Rows of pr_reg: an index of regs[], or one of these. */
enum { NONE = 100, FROM_PC, FROM_SP, FROM_PSTATE };

/* uapi asm/ptrace.h of each architecture: struct user_pt_regs, user_regs_struct. */
static const u8 regs_arm64[] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,      15,      16,
				 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, FROM_SP, FROM_PC, FROM_PSTATE };
static const u8 regs_riscv[] = { FROM_PC, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
				 15,      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 };
/* The record has no orig_rax, cs; ss, fs_base, gs_base, ds, es, fs, gs. */
static const u8 regs_x86[] = { 15, 14,   13,      12,   5,           3,       11,   10,   9,    8,    0,    1,    2,   6,
			       7,  NONE, FROM_PC, NONE, FROM_PSTATE, FROM_SP, NONE, NONE, NONE, NONE, NONE, NONE, NONE };

static const struct machine {
	u16 elf;
	const u8 *regs;
	u32 count;
} machines[] = {
	[BULKHEAD_ARCH_ARM64] = { EM_AARCH64, regs_arm64, ARRAY_SIZE(regs_arm64) },
	[BULKHEAD_ARCH_RISCV] = { EM_RISCV, regs_riscv, ARRAY_SIZE(regs_riscv) },
	[BULKHEAD_ARCH_X86] = { EM_X86_64, regs_x86, ARRAY_SIZE(regs_x86) },
};

static u64 value_of(const struct fault_record *f, u8 from)
{
	switch (from) {
	case NONE: return 0;
	case FROM_PC: return f->pc;
	case FROM_SP: return f->sp;
	case FROM_PSTATE: return f->pstate;
	default: return f->regs[from];
	}
}

/* Header, one program header, one note. All our architectures are little-endian, and so is whoever runs this. */
static struct bytes core_of(const struct machine *m, const struct fault_record *f)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
		Elf64_Nhdr note;
		char name[8];
		u8 status[STATUS_MAX];
	} *core = mem_alloc(sizeof(*core));
	u32 status = (STATUS_REGS + 8 * m->count + 4 + 7) & ~7u;
	u32 pid = f->cpu + 1; /* 0 would be no thread */

	memcpy(core->header.e_ident, (u8[]){ ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT }, 7);
	core->header.e_type = ET_CORE;
	core->header.e_machine = m->elf;
	core->header.e_version = EV_CURRENT;
	core->header.e_phoff = sizeof(core->header);
	core->header.e_ehsize = sizeof(core->header);
	core->header.e_phentsize = sizeof(core->segment);
	core->header.e_phnum = 1;
	core->segment.p_type = PT_NOTE;
	core->segment.p_offset = sizeof(core->header) + sizeof(core->segment);
	core->segment.p_filesz = sizeof(core->note) + sizeof(core->name) + status;
	core->segment.p_align = 4;
	core->note = (Elf64_Nhdr){ .n_namesz = sizeof(NOTE_NAME), .n_descsz = status, .n_type = NT_PRSTATUS };
	memcpy(core->name, NOTE_NAME, sizeof(NOTE_NAME));
	memcpy(core->status + STATUS_CPU, &pid, sizeof(pid));
	for (u32 i = 0; i < m->count; i++) {
		u64 value = value_of(f, m->regs[i]);

		memcpy(core->status + STATUS_REGS + 8 * i, &value, sizeof(value));
	}
	return (struct bytes){ .data = (u8 *)core, .size = core->segment.p_offset + core->segment.p_filesz };
}

enum exit_code verb_core(const struct options *o)
{
	const char *path = o->output ? o->output : mem_format("%s.core", o->operands[0]);
	struct cell_info info;
	enum exit_code code = driver_open_enabled();

	if (code == EXIT_DONE)
		code = live_find(o->operands[0], &info);
	if (code != EXIT_DONE)
		return code;
	if (info.fault.cause == FAULT_NONE || info.fault.cause >= FAULT_WATCHDOG) {
		message_error(NULL, "no-fault", "cell %s: no instruction of its own ended it (%s, %s)", info.name, live_state(info.state),
			      fault_name(info.fault.cause));
		message_fix("'cellctl show %s' tells all that is known", info.name);
		return EXIT_FAILED;
	}
	struct bytes core = core_of(&machines[board_arch_here()->number], &info.fault);
	code = write_result(path, core.data, core.size);
	if (code != EXIT_DONE)
		return code;
	output_string("file", "written", path);
	output_string("cause", "fault", fault_name(info.fault.cause));
	output_hex("pc", "pc", info.fault.pc);
	return EXIT_DONE;
}
