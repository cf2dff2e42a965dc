/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The comm page: one page per cell, read-write for the cell, filled by the hypervisor at create and again at each start.
 * A bare-metal guest gets its guest-physical address as the argument of its first CPU and finds all it needs without
 * probing. Nothing the guest writes here is trusted. The root reads the page and cannot write it.
 *
 * Requests: the root asks through `request`, a number that grows with each and in the low byte what is asked; nothing interrupts the
 * guest, it looks when it likes. It answers with the same number and, in the low byte, enum comm_answer; and a shutdown in the end
 * by switching its machine off (PSCI SYSTEM_OFF, SBI SRST, a PC's reset port).
 */
#ifndef BULKHEAD_ABI_COMM_H
#define BULKHEAD_ABI_COMM_H

#include <stdint.h>

#include "version.h"
#include "window.h"

enum comm_request { COMM_NOTHING = 0, COMM_SHUTDOWN = 1 };
enum comm_answer { COMM_SEEN = 1, COMM_REFUSED = 2 };
#define COMM_NUMBER(word) ((word) >> 8)
#define COMM_WHAT(word) ((word)&0xff)

#define COMM_MAGIC 0x4d4d4f434b4c5542ull /* "BULKCOMM" in memory */

struct comm_page {
	uint64_t magic;
	uint32_t abi;  /* BULKHEAD_ABI_VERSION */
	uint32_t size; /* bytes of this structure */
	char cell[BULKHEAD_NAME_SIZE];
	uint32_t cpu_count;
	uint32_t flags;      /* BLOB_CELL_* */
	uint64_t memory_gpa; /* first memory region */
	uint64_t memory_size;
	uint64_t uart_gpa;  /* 0: no UART */
	uint32_t uart_type; /* enum blob_uart */
	uint32_t uart_intid;
	uint64_t gicd_gpa; /* arm64 */
	uint64_t gicr_gpa; /* arm64: frame of vCPU 0, the others follow at gicr_stride */
	uint64_t gicr_stride;
	uint64_t counter_hz;
	uint64_t heartbeat;                  /* written by the guest: watchdog */
	uint64_t aplic_gpa;                  /* riscv */
	uint64_t imsic_gpa;                  /* riscv: interrupt file of vCPU 0, the others follow at 4 KiB */
	uint32_t imsic_ids;                  /* riscv: highest interrupt identity */
	uint32_t aplic_sources;              /* riscv */
	uint32_t apic_id[BULKHEAD_MAX_CPUS]; /* x86: of each vCPU, for INIT, STARTUP and interrupts */
	uint32_t answer;                     /* written by the guest; not in a cache line that the hypervisor writes meanwhile */
	uint32_t reserved;
	uint64_t window_gpa[WINDOW_CELL_MAX]; /* of its shared windows, as in its configuration; 0: no more */
	uint32_t reserved3[16];
	uint32_t request; /* written by the hypervisor, alone in its cache line */
	uint32_t reserved2;
};

_Static_assert(__builtin_offsetof(struct comm_page, answer) == 152 + 4 * BULKHEAD_MAX_CPUS, "ABI");
_Static_assert(__builtin_offsetof(struct comm_page, window_gpa) == 160 + 4 * BULKHEAD_MAX_CPUS, "ABI");
_Static_assert(__builtin_offsetof(struct comm_page, request) == 512, "ABI");
_Static_assert(sizeof(struct comm_page) == 520, "ABI");

#endif
