/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hand-over between the driver and the hypervisor image, and the entry state of guests.
 *
 * Hypervisor memory is one claimed range, naturally aligned to 64 KiB, that does not cross a 2 MiB boundary:
 *
 *     base                    image (text, rodata, data, bss): image_size bytes
 *     base + boot_offset      struct boot_block, one page
 *     base + boot_offset+4K   the system blob as the driver copied it: BLOB_MAX_SIZE bytes at most, page rounded
 *     then                    the hypervisor's own: per-CPU blocks, tables, pool
 *
 * The driver zeroes all of it that it does not fill, and cleans it to the point of coherency.
 * Memory needed = fixed_size + blob size rounded up to pages + cpu_count * percpu_size.
 *
 * Entry on each CPU, one after the other, the caller's interrupts masked, EL2/HS/ring-0 with the MMU off on arm64:
 *   arm64: through HVC_SOFT_RESTART; x0 = base (physical), x1 = board CPU number; ELR_EL2/SPSR_EL2 hold the way back.
 *          On return to EL1 x0 = 0 or a negative errno; all other general registers except SP are lost.
 *   riscv: the driver makes entry [base >> 30] of the page at table_offset, an Sv39 root table that is zero else, a 1 GiB
 *          identity leaf (V, R, W, X, A, D), points stvec at the entry and satp at the table: its next fetch faults into the
 *          entry. a0 = base, a1 = board CPU number, a2, a3, a4 = stvec, satp, sstatus before, a5 = where to go on (4-byte
 *          aligned). It goes on there with a0 = 0 (a guest now) or a negative errno (native). sp, gp and tp are kept, all other
 *          registers lost; stvec and sstatus are then the caller's to restore, and it fences its translations. HC_CPU_EXIT
 *          leaves by the same way: its first argument is where to go on.
 *   x86:   the driver makes a top-level page table, of 4 or 5 levels as CR4.LA57 says, in the page at table_offset and further
 *          ones in the table_pages - 1 pages after it. It maps the image's 2 MiB to themselves (one leaf, RWX) and one page of the
 *          driver's text, the trampoline, at its own address. The trampoline, in ring 0 with 64-bit CS 0x10, SS 0x18 or 0 and
 *          interrupts off, loads CR3 with the table and jumps to the entry: rdi = base, esi = board CPU number, rdx = CR3 before,
 *          rcx = rsp before, r8 = where to go on, in the trampoline's page. GDT, IDT, TR and all else are still the kernel's.
 *          EFER.SVME is set and the global interrupt flag clear: NMIs wait.
 *          It goes on there with rax = esi = 0 (a guest now) or rax = a negative errno and esi = 1 (native, the driver's table in
 *          CR3, the flag still clear, SVME set), rdx and rcx as given: the code there loads CR3 from rdx, then rsp from rcx, and
 *          if esi is 1 sets the flag. All other general registers are lost;
 *          segments, descriptor tables and control registers are as they were; interrupts are off.
 *          HC_CPU_EXIT leaves by the same way: rdi = where to go on, with rax = 0, esi = 1, rdx = CR3, rcx = rsp of the call.
 */
#ifndef BULKHEAD_ABI_BOOT_H
#define BULKHEAD_ABI_BOOT_H

#include <stdint.h>

#include "version.h"

#define IMAGE_MAGIC 0x444145484b4c5542ull /* "BULKHEAD" in memory */
#define BOOT_MAGIC 0x544f4f424b4c5542ull  /* "BULKBOOT" in memory */

/* At offset 0 of bulkhead-<arch>.bin. */
struct image_header {
	uint64_t magic;        /* @build */
	uint16_t abi_major;    /* @build */
	uint16_t abi_minor;    /* @build */
	uint32_t arch;         /* @build BULKHEAD_ARCH_* */
	uint64_t file_size;    /* @build bytes in the file; the rest of image_size is zeroed by the driver */
	uint64_t boot_offset;  /* @build image_size, page rounded */
	uint64_t entry_offset; /* @build */
	uint64_t fixed_size;   /* @build bytes: image, boot block, tables and pool that do not depend on the CPU count */
	uint64_t percpu_size;  /* @build bytes for each board CPU */
	uint64_t table_offset; /* @build riscv, x86: pages for the driver's entry table, see above; others 0 */
	uint32_t table_pages;  /* @build */
	uint32_t reserved;
};

struct boot_block {
	uint64_t magic;        /* @driver BOOT_MAGIC */
	uint32_t size;         /* @driver sizeof(struct boot_block) */
	uint32_t abi;          /* @driver BULKHEAD_ABI_VERSION */
	uint64_t memory_base;  /* @driver physical */
	uint64_t memory_size;  /* @driver bytes */
	uint32_t cpu_count;    /* @driver board CPUs, all online */
	uint32_t blob_size;    /* @driver bytes, at boot block + 4096 */
	uint32_t step;         /* @hypervisor breadcrumb: the init step entered last (1-based); 0: none */
	uint32_t step_cpu;     /* @hypervisor on which board CPU */
	int32_t error;         /* @hypervisor negative errno of the step that failed, 0: none */
	uint32_t cpus_entered; /* @hypervisor */
	uint64_t export_base;  /* @hypervisor physical base of struct export_header, root-readable pages */
	uint64_t export_size;  /* @hypervisor bytes */
	uint64_t message[8];   /* @hypervisor NUL-terminated name of the step, then what failed */
	uint64_t counter_hz;   /* @driver x86: of the TSC; others 0 */
	uint64_t epoch_ns;     /* @driver x86: CLOCK_REALTIME when the TSC was 0, or would have been; others 0 */
};

/* The root may read these pages at any time without an exit (see exits.h and console.h for the contents). */
#define EXPORT_MAGIC 0x5258504b4c55422eull
struct export_header {
	uint64_t magic;
	uint32_t size; /* bytes of this header */
	uint32_t cpu_count;
	uint32_t counters_offset; /* u64[cpu_count][EXIT_COUNTERS], from this header's start */
	uint32_t ring_offset;     /* struct console_ring of the hypervisor's own log */
	uint32_t reserved[2];     /* 0; the first is for the offset of a ledger that HC_ATTACH's caller can read */
};

_Static_assert(sizeof(struct image_header) == 72, "ABI");
_Static_assert(sizeof(struct boot_block) == 152, "ABI");
_Static_assert(sizeof(struct export_header) == 32, "ABI");

/*
 * Entry state of guests (first CPU of a cell, or a CPU started by PSCI CPU_ON):
 *   arm64: EL1h, DAIF masked, MMU and caches off, x0 = argument (bare metal: comm page; Linux: device tree; CPU_ON:
 *          context id), x1-x30 = 0, pc = entry, all other registers at the values of the reset table.
 *   riscv: VS-mode, satp = 0, interrupts off, a0 = vCPU number (its hart id), a1 = argument (as x0 above; HSM hart_start: opaque),
 *          all other registers zero, pc = entry.
 *   x86:   32-bit protected mode, paging off, interrupts off, flat segments in the registers (CS 0x10, DS, ES, FS, GS, SS 0x18; no
 *          GDT, no IDT, no TSS behind them), esi = edi = argument (as above; Linux: boot_params: its 32-bit boot protocol; below
 *          4 GiB), all other registers 0, eip = entry. The local APIC is in x2APIC mode and disabled by software; ids are the
 *          machine's, vCPU 0 is the bootstrap processor. Others start by INIT and SIPI, in real mode. CPUID 0x40000000 announces
 *          KVM's clock (MSRs 0x4b564d00, 0x4b564d01) and nothing else of it, 0x40000100 "BulkheadHv\0\0" (ebx, ecx, edx; eax:
 *          ABI version). Timer: the APIC's, by TSC; no PIC, PIT, RTC, HPET.
 */

#endif
