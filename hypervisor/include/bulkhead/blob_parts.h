/* SPDX-License-Identifier: GPL-2.0-only */
/* What blob.c and blob_cell.c share; pure. The verifier's own interface is plan.h. */
#ifndef BULKHEAD_BLOB_PARTS_H
#define BULKHEAD_BLOB_PARTS_H

#include <bulkhead/plan.h>

#define BLOB_ADDRESS_LIMIT BIT64(48) /* no architecture here translates more in the modes used; sums below it cannot wrap */

/* What a blob may be refused for. As numbers: a machine loads the address of each string by two instructions. */
#define BLOB_CHECKS(X)                                      \
	X(BLOB_SIZE, "blob-size")                           \
	X(BLOB_MAGIC, "blob-magic")                         \
	X(BLOB_VERSION, "blob-version")                     \
	X(BLOB_TYPE, "blob-type")                           \
	X(BLOB_ARCH, "blob-arch")                           \
	X(BLOB_RESERVED, "blob-reserved")                   \
	X(BLOB_LAYOUT, "blob-layout")                       \
	X(NAME_SYNTAX, "name-syntax")                       \
	X(BLOB_RECORD_SIZE, "blob-record-size")             \
	X(BLOB_COUNT, "blob-count")                         \
	X(BLOB_KIND, "blob-kind")                           \
	X(BLOB_DUPLICATE, "blob-duplicate")                 \
	X(BLOB_MISSING, "blob-missing")                     \
	X(MACHINE_RANGE, "machine-range")                   \
	X(MACHINE_OVERLAP, "machine-overlap")               \
	X(MACHINE_LIMIT, "machine-limit")                   \
	X(MACHINE_UART, "machine-uart")                     \
	X(MACHINE_CONDUIT, "machine-conduit")               \
	X(MACHINE_COUNTER, "machine-counter")               \
	X(MACHINE_CBOM, "machine-cbom")                     \
	X(BLOB_FLAGS, "blob-flags")                         \
	X(CPU_DUPLICATE, "cpu-duplicate")                   \
	X(IMSIC_LAYOUT, "imsic-layout")                     \
	X(IMSIC_IDS, "imsic-ids")                           \
	X(IOAPIC_PINS, "ioapic-pins")                       \
	X(GIC_VERSION, "gic-version")                       \
	X(GIC_MAINTENANCE, "gic-maintenance")               \
	X(APLIC_SOURCES, "aplic-sources")                   \
	X(IRQ_MODE_UNAVAILABLE, "irq-mode-unavailable")     \
	X(RESTART_VALUE, "restart-value")                   \
	X(RESTART_BY_UNAVAILABLE, "restart-by-unavailable") \
	X(CELL_UART, "cell-uart")                           \
	X(COMM_ADDRESS, "comm-address")                     \
	X(MEM_SIZE, "mem-size")                             \
	X(MEM_ALIGN, "mem-align")                           \
	X(MEM_WRAP, "mem-wrap")                             \
	X(MEM_BEYOND_IPA, "mem-beyond-ipa")                 \
	X(MEM_NOT_RAM, "mem-not-ram")                       \
	X(RIGHT_UNAVAILABLE, "right-unavailable")           \
	X(REG_SIZE, "reg-size")                             \
	X(REG_OFFSET, "reg-offset")                         \
	X(WIDTH_VALUE, "width-value")                       \
	X(MASK_OFFSET, "mask-offset")                       \
	X(REG_COUNT, "reg-count")                           \
	X(COMM_OVERLAP, "comm-overlap")                     \
	X(MEM_OVERLAP, "mem-overlap")                       \
	X(HOST_OVERLAP, "host-overlap")                     \
	X(CPU_BOTH, "cpu-both")                             \
	X(CPU_UNKNOWN, "cpu-unknown")                       \
	X(IRQ_PRIVATE, "irq-private")                       \
	X(IRQ_UNKNOWN, "irq-unknown")                       \
	X(IRQ_SHARED, "irq-shared")                         \
	X(PORT_RANGE, "port-range")                         \
	X(PORT_OWNED, "port-owned")                         \
	X(CHANNEL_SYNTAX, "channel-syntax")                 \
	X(WINDOW_MEMBERS, "window-members")                 \
	X(WINDOW_DOORBELLS, "window-doorbells")             \
	X(CHANNEL_DUPLICATE, "channel-duplicate")

#define CHECK_NUMBER(NAME, name) CHECK_##NAME,
enum blob_check { CHECK_PASSED, BLOB_CHECKS(CHECK_NUMBER) };

/* One kind of section: all a blob of its type may hold. */
struct blob_rule {
	u16 kind;
	u16 record_size;
	u32 min;
	u32 max;
	u16 arch; /* 0: all */
	u16 range;
};

/* A record begins with where it is in the machine: base and size, or base of a page. */
enum blob_rule_range { RULE_NONE, RULE_RANGE, RULE_PAGE };

#define BLOB_SECTIONS 9

/* Where the records of rule i stand. */
struct blob_found {
	const void *record[BLOB_SECTIONS];
	u32 count[BLOB_SECTIONS];
};

int __must_check blob_fail(struct blob_error *error, enum blob_check check, u32 section, u32 record);
/* Header and sections; fills found. */
int __must_check blob_structure(const void *blob, u64 size, u16 type, u16 arch, const struct blob_rule *rules, u32 rule_count,
				struct blob_found *found, struct blob_error *error);
bool blob_range_below(struct range r, u64 limit);
/* base: of its registers in memory, or its first of eight ports. */
bool blob_uart_ok(u32 type, u64 base, u16 arch);

#endif
