/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image is linked at 0 and relocated to wherever the driver claimed memory; it then runs identity mapped. Each part
 * starts on a page of its own, so that it can have its own rights.
 */
ENTRY(image_start)
PHDRS { text PT_LOAD FLAGS(5); rodata PT_LOAD FLAGS(4); data PT_LOAD FLAGS(6); dynamic PT_DYNAMIC; }
SECTIONS
{
	/* arm64's vectors are aligned to 2 KiB: what about fills the space before them goes first. */
	.text 0 : {
		*(.header)
		*entry.o(.text .text.*)
		*context_asm.o(.text .text.*)
		*string.o(.text .text.*)
		*vectors.o(.text .text.*)
		*(.text .text.*)
	} :text
	. = ALIGN(4096);
	rodata_start = .;
	.rodata : { *(.rodata .rodata.* .srodata .srodata.*) } :rodata
	.data.rel.ro : { *(.data.rel.ro .data.rel.ro.* .data.rel.ro.local*) } :rodata
	.rela.dyn : { rela_start = .; *(.rela .rela.*) rela_end = .; } :rodata
	.dynamic : { *(.dynamic) } :rodata :dynamic
	.got : { *(.got .got.plt) } :rodata
	. = ALIGN(4096);
	data_start = .;
	.data : { *(.data .data.* .sdata .sdata.*) } :data
	file_end = .;
	.bss : { *(SORT_BY_ALIGNMENT(.bss*)) *(.sbss .sbss.*) *(COMMON) } :data
	. = ALIGN(4096);
	image_end = .;
	/DISCARD/ : {
		*(.dynsym) *(.dynstr) *(.hash) *(.gnu.hash) *(.interp) *(.note .note.*) *(.comment) *(.eh_frame*) *(.riscv.attributes)
	}
}
