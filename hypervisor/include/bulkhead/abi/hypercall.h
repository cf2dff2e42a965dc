/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hypercalls. arm64: hvc #0, x0 = HYPERCALL_BASE + number (SMCCC, vendor range), arguments in x1-x4, result in x0: a
 * value >= 0 or a negative errno; x1-x3 may hold further results, all other registers are kept.
 * riscv: ecall, a7 = HYPERCALL_EID_RISCV, a6 = number, arguments in a0-a3, result in a0, further ones in a1-a3; all other
 * registers are kept.
 * x86: vmmcall on AMD, vmcall on Intel, in ring 0; rax = HYPERCALL_BASE_X86 + number, arguments in rdi, rsi, rdx, rcx, result in
 * rax, further ones in rdi, rsi, rdx; all other registers are kept.
 * A number the hypervisor does not know gives -ENOSYS; a caller without the right -EPERM.
 * Addresses are guest-physical addresses of the caller, 8-byte aligned; a structure must not leave its owner's memory.
 * Calls marked "resumable" return -EAGAIN when they did part of the work: call again with the same arguments.
 */
#ifndef BULKHEAD_ABI_HYPERCALL_H
#define BULKHEAD_ABI_HYPERCALL_H

#include <stdint.h>

#include "fault.h"
#include "version.h"
#include "window.h"

#define HYPERCALL_EID_RISCV 0x0842484bu /* SBI experimental space (0x08000000-0x08ffffff): a7; a6 = number */
#define HYPERCALL_BASE_ARM64 0xc600b000u
#define HYPERCALL_BASE_X86 0x42480000u
#define HYPERCALL_RANGE 0x100           /* numbers that are ours, assigned or not */
#define HYPERCALL_UID_ARM64 0x8600ff01u /* SMCCC vendor hypervisor UID query: answered with these words in x0-x3 */
#define HYPERCALL_UID_WORD0 0x9d2c61b4u
#define HYPERCALL_UID_WORD1 0x4b1f7ae3u
#define HYPERCALL_UID_WORD2 0x52c80e97u
#define HYPERCALL_UID_WORD3 0x1ba6d05fu

enum hypercall {
	HC_VERSION = 0,         /* -> abi version, any cell */
	HC_SYSTEM_INFO = 1,     /* (gpa of struct system_info, size), root */
	HC_DISABLE_PREPARE = 2, /* resumable, root: no cell left; sends parked CPUs to firmware; -EBUSY if cells or lost CPUs */
	HC_CPU_EXIT = 3,      /* root, on each CPU after DISABLE_PREPARE: leaves the hypervisor, returns natively; riscv, x86: (address) */
	HC_CELL_CHECK = 4,    /* (blob gpa, blob size, gpa of struct cell_needs), root: what creating it takes; changes nothing */
	HC_CELL_CREATE = 5,   /* (gpa of struct cell_placement) -> cell id, root: what was checked last, or -ENOENT; then HC_WORK until 0 */
	HC_CELL_LOAD = 6,     /* (cell id, target gpa, source gpa of the root, size <= 64 KiB; unaligned: <= 4 KiB), root */
	HC_CELL_START = 7,    /* (cell id, entry, argument), root */
	HC_CELL_STOP = 8,     /* (cell id, HC_FORCE | HC_WATCHDOG), root, resumable; hard stop, with HC_WATCHDOG the verb HANG */
	HC_CELL_DESTROY = 9,  /* (cell id, HC_FORCE), root, resumable; its memory is the root's when it returns 0 */
	HC_CELL_INFO = 10,    /* (cell id, gpa of struct cell_info, size), root; -ENOENT: no such cell */
	HC_CPU_INFO = 11,     /* (board CPU, gpa of struct cpu_info, size), root */
	HC_WORK = 12,         /* resumable, root: finishes scrubs that another caller left */
	HC_POOL_RECLAIM = 13, /* (base of a root-pool claim), root, resumable: 0 it is the root's again, -EBUSY still in use */
	HC_CONSOLE_WRITE = 14, /* (count 1..24, up to 8 bytes in each of the next three arguments), cells with a console */
	HC_NULL = 15,          /* does nothing, any cell: for measurement */
	HC_ATTACH = 16,        /* reserved: a kernel started later takes over the cells it finds */
	HC_CELL_SUSPEND = 17,  /* (cell id, HC_FORCE), root, resumable: its CPUs wait in the hypervisor, with all they hold for the guest */
	HC_CELL_RESUME = 18,   /* (cell id), root, resumable: it goes on where it was */
	HC_CELL_SHUTDOWN = 19, /* (cell id) -> the request word in its comm page, root: asks the guest to end, see comm.h */
	HC_LOCK = 20,          /* root: no more change of ownership until the machine is reset; those give -EPERM */
	HC_NOTIFY = 21,        /* (interrupt; x86: vector << 16 | CPU), root: tell it by this one what cells do, and now; 0: by none */
	HC_DOORBELL = 22,      /* (window id, member, doorbell), members; -ENOENT: not a member; -ENODEV: that one does not run */
	HC_WINDOW_INFO = 23,   /* (id below WINDOW_MAX, gpa of struct window_header, size) -> base of the claim, root; -ENOENT: none */
	HC_COUNT
};

/* A critical cell that runs is held up only by force, and not at all once the machine is locked: -EPERM. */
#define HC_FORCE 0x1
#define HC_WATCHDOG 0x2 /* it hangs: it failed, FAULT_WATCHDOG */

enum cell_state {
	CELL_FREE = 0,
	CELL_CREATED = 1,
	CELL_LOADED = 2,
	CELL_RUNNING = 3,
	CELL_SUSPENDED = 4,
	CELL_STOPPED = 5,
	CELL_FAILED = 6,
	CELL_DESTROYED = 7, /* its memory is being scrubbed */
	CELL_STATES
};

/*
 * The life of a cell: what each verb makes of it, by the state it is in. FREE: refused with -EINVAL, and nothing changes. What is
 * destroyed takes no verb. Where `owner` is 1 the verb changes who owns what, and fails with -EPERM once the machine is locked.
 * X(verb, name, owner, no cell, created, loaded, running, suspended, stopped, failed)
 */
#define CELL_VERBS(X)                                                                                    \
	X(CREATE, "create", 1, CREATED, FREE, FREE, FREE, FREE, FREE, FREE)                              \
	X(LOAD, "load", 0, FREE, LOADED, LOADED, FREE, FREE, LOADED, LOADED)                             \
	X(START, "start", 0, FREE, FREE, RUNNING, FREE, FREE, RUNNING, FREE)                             \
	X(SUSPEND, "suspend", 0, FREE, FREE, FREE, SUSPENDED, SUSPENDED, FREE, FREE)                     \
	X(RESUME, "resume", 0, FREE, FREE, FREE, RUNNING, RUNNING, FREE, FREE)                           \
	X(RESET, "reset", 0, FREE, FREE, RUNNING, RUNNING, RUNNING, RUNNING, RUNNING)                    \
	X(SHUTDOWN, "shutdown", 0, FREE, FREE, FREE, RUNNING, FREE, FREE, FREE)                          \
	X(STOP, "stop", 0, FREE, FREE, FREE, STOPPED, STOPPED, STOPPED, FAILED)                          \
	X(DESTROY, "destroy", 1, FREE, DESTROYED, DESTROYED, DESTROYED, DESTROYED, DESTROYED, DESTROYED) \
	X(FAIL, "(the guest faults)", 0, FREE, FREE, FREE, FAILED, FAILED, FREE, FREE)                   \
	X(HANG, "(the guest hangs)", 0, FREE, FREE, FREE, FAILED, FREE, FREE, FAILED)                    \
	X(HALT, "(the guest switches off)", 0, FREE, FREE, FREE, STOPPED, STOPPED, FREE, FREE)

#define CELL_VERB(verb, ...) VERB_##verb,
enum cell_verb { CELL_VERBS(CELL_VERB) CELL_VERB_COUNT };
/* Rows of an array [CELL_VERB_COUNT][CELL_STATES]. */
#define CELL_VERB_ROW(verb, name, owner, ...) CELL_VERB_STATES(__VA_ARGS__)
#define CELL_VERB_STATES(n, c, l, r, p, s, f) { CELL_##n, CELL_##c, CELL_##l, CELL_##r, CELL_##p, CELL_##s, CELL_##f },
#define CELL_VERB_OWNER(verb, name, owner, ...) owner, /* of an array [CELL_VERB_COUNT] */

enum cpu_state {
	CPU_NATIVE = 0,    /* not under the hypervisor */
	CPU_GUEST = 1,     /* runs its owner's code */
	CPU_PARKED = 2,    /* waits in the hypervisor */
	CPU_LOST = 3,      /* did not answer the kick; can fetch no guest instruction */
	CPU_OFF = 4,       /* handed to firmware */
	CPU_SUSPENDED = 5, /* waits in the hypervisor, its guest to go on later */
};

/*
 * CPUs are parked before they are given to a cell. arm64, riscv: the kernel does it when it takes one offline (PSCI, HSM). x86: by an
 * INIT to an offline CPU; the driver writes it to its own x2APIC's ICR: destination << 32 | 0x4500.
 */
enum claim_kind {
	CLAIM_RAM = 1,       /* memory of the cell, in the order of the blob's memory records */
	CLAIM_POOL = 2,      /* the cell's own page pool; first page: console ring, second: comm page */
	CLAIM_ROOT_POOL = 3, /* growth of the root's pool; reclaimed with HC_POOL_RECLAIM */
	CLAIM_WINDOW = 4,    /* a shared window, the root's again when HC_WINDOW_INFO knows its base no more */
};

#define CELL_MAX_CLAIMS 38
#define CELL_MAX_MEMORY 32

struct claim_request {
	uint64_t size;  /* bytes */
	uint64_t align; /* bytes, a power of two */
	uint64_t base;  /* wanted, or BLOB_ANY */
	uint32_t kind;  /* enum claim_kind */
	uint32_t reserved;
};

struct cell_needs {
	uint32_t size; /* @hypervisor sizeof(struct cell_needs) */
	uint32_t cpu_count;
	uint32_t claim_count;
	uint32_t reserved;
	uint32_t cpus[BULKHEAD_MAX_CPUS]; /* board CPU numbers */
	struct claim_request claims[CELL_MAX_CLAIMS];
};

struct claim {
	uint64_t base;
	uint64_t size;
};

struct cell_placement {
	uint32_t size; /* sizeof(struct cell_placement) */
	uint32_t cpu_count;
	uint32_t claim_count;
	uint32_t reserved;
	uint32_t cpus[BULKHEAD_MAX_CPUS];
	struct claim claims[CELL_MAX_CLAIMS];
};

#define SYSTEM_LOCKED 0x1
#define SYSTEM_CRITICAL 0x2 /* a critical cell runs: the root's doors to reset and power are closed */

struct system_info {
	uint32_t size;
	uint32_t abi;
	uint32_t cpu_count;
	uint32_t cell_count;  /* cells that exist, root not counted */
	uint64_t memory_base; /* the hypervisor's claim */
	uint64_t memory_size;
	uint32_t pages_total; /* of the claim */
	uint32_t pages_used;
	uint32_t root_pool_total; /* pages, donations included */
	uint32_t root_pool_used;
	uint64_t scrub_left;  /* bytes still to be scrubbed */
	uint64_t root_faults; /* exceptions injected into the root */
	uint64_t fault_sequence;
	uint32_t kick_method;   /* 0 Group 0, 1 stage-2 pull (arm64); 2 software interrupt by firmware (riscv); 3 NMI (x86) */
	uint32_t dma_isolation; /* 0 none */
	uint64_t flags;         /* SYSTEM_* */
	uint64_t reserved;
};

#define CELL_MEM_SHARED 0x100 /* a window: its header page, or the rest */
#define CELL_MEM_KEPT 0x200   /* of it, what others use: not zeroed now */

struct cell_info {
	uint32_t size;
	uint32_t id;
	uint32_t state; /* enum cell_state */
	uint32_t flags; /* BLOB_CELL_* */
	char name[BULKHEAD_NAME_SIZE];
	uint32_t cpu_count;
	uint32_t pool_pages;
	uint32_t pool_used;
	uint32_t memory_count;
	uint64_t scrub_left;              /* bytes */
	uint64_t pool_base;               /* console ring, comm page, tables */
	uint32_t cpus[BULKHEAD_MAX_CPUS]; /* board CPU numbers in vCPU order */
	struct {
		uint64_t gpa, size, host;
		uint64_t flags; /* BLOB_MEM_*, CELL_MEM_* */
	} memory[CELL_MAX_MEMORY];
	struct fault_record fault;
};

struct cpu_info {
	uint32_t size;
	uint32_t cpu;
	uint32_t state; /* enum cpu_state */
	uint32_t cell;  /* owner's id, 0: root */
	uint64_t hwid;
	uint64_t reserved;
};

_Static_assert(sizeof(struct claim_request) == 32, "ABI");
_Static_assert(sizeof(struct cell_needs) == 16 + 256 + 32 * CELL_MAX_CLAIMS, "ABI");
_Static_assert(sizeof(struct cell_placement) == 16 + 256 + 16 * CELL_MAX_CLAIMS, "ABI");
_Static_assert(sizeof(struct system_info) == 96, "ABI");
_Static_assert(sizeof(struct cpu_info) == 32, "ABI");
_Static_assert(sizeof(struct cell_info) == 80 + 256 + 32 * CELL_MAX_MEMORY + sizeof(struct fault_record), "ABI");

#endif
