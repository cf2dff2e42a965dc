/* SPDX-License-Identifier: GPL-2.0-only */
/* Small services of core: log and rings (console.c), guest memory (guestmem.c), the two endings (fault.c), hypercalls. */
#ifndef BULKHEAD_RUNTIME_H
#define BULKHEAD_RUNTIME_H

#include <bulkhead/abi/boot.h>
#include <bulkhead/abi/console.h>
#include <bulkhead/addr.h>
#include <bulkhead/cell.h>
#include <bulkhead/cpu.h>

/* console.c: the hypervisor's log goes to its ring. Lines: "bulkhead: [cell NAME:] text". */
void console_init(struct console_ring *ring);
void console_uart(u32 type, u64 base, u32 reg_shift);
void console_last_words(void); /* from now on the log goes to the UART as well */
void log_line(const char *fmt, ...) __printf(1, 2);
/* Bytes of a cell into its ring, if it has one. */
void console_cell_write(struct cell *cell, const char *data, u32 count);

/* uart sink, drivers/uart/ */
struct uart_ops {
	u32 type;                                                            /* enum blob_uart */
	void (*write)(u64 base, u32 reg_shift, const char *data, u32 count); /* no newlines are translated */
};
extern const struct uart_ops uart_pl011, uart_8250, uart_8250_pio;

/*
 * guestmem.c: the only reader and writer of guest memory. Copies between hypervisor memory and guest-physical memory of a
 * cell through the private window, page by page, each page checked against the ledger: RAM the cell owns, or the root's.
 * -EFAULT: not its memory (then nothing is known about what was copied). size <= 64 KiB. m
 */
int __must_check guestmem_read(struct mgmt m, struct cell *cell, u64 gpa, void *to, u64 size);
int __must_check guestmem_write(struct mgmt m, struct cell *cell, u64 gpa, const void *from, u64 size);
/* Of the caller's own memory, by one of its CPUs, m not held. -EAGAIN, for the root only: ownership is being changed. */
int __must_check guestmem_read_own(struct cell *cell, u64 gpa, void *to, u64 size);
/* Root buffer into a cell, for load: code becomes visible to instruction fetches. At most a page if one address is not at a word. */
int __must_check guestmem_copy(struct mgmt m, struct cell *to, u64 to_gpa, struct cell *from, u64 from_gpa, u64 size);

/* fault.c */
__noreturn void panic(const char *fmt, ...) __printf(1, 2);
__noreturn void check_failed(const char *what);
#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define CHECK(condition)                                                           \
	do {                                                                       \
		if (!(condition))                                                  \
			check_failed(__FILE__ ":" TEXT(__LINE__) ": " #condition); \
	} while (0)

/*
 * hypercall.c: functions by number, HC_COUNT of them, for this caller. args[0..3] in; the result is returned, args[0..2] may
 * hold further ones. May not return (CPU_EXIT).
 */
void hypercall_init(void);
const hypercall_fn *hypercall_table(const struct cell *caller);

/* init.c: on each CPU, MMU on, own stack. 0 or a negative errno: then the port must return natively. */
int init_cpu(struct boot_block *boot, u32 index, struct cpu *cpu);
/* Pages of the hypervisor's own memory, zeroed, before the root pool takes the rest; panics when there are none. */
void *init_pages(u32 count);
extern struct boot_block *boot_block;
extern struct system_plan system_plan;
void init_fill_info(struct system_info *info);
int __must_check init_disable_prepare(struct mgmt m);
bool init_disable_ready(void); /* HC_DISABLE_PREPARE is done: CPUs may leave */

#endif
