/* SPDX-License-Identifier: GPL-2.0-only */
/* The hypervisor is compiled without floating point and vectors; here they are cleared. sstatus.FS and VS are on. */
#include <bulkhead/asm.h>

/* As words: the assembler may not know the extension. Short loads of a zero. Clobbers nothing but f0-f31 and fcsr. */
FUNC(context_reset_fp)
	addi	sp, sp, -16
	sd	zero, (sp)
	.irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	.half	0x2002 | \n << 7 /* c.fldsp fn, 0(sp) */
	.endr
	addi	sp, sp, 16
	csrw	0x003, zero /* fcsr */
	ret
END_FUNC(context_reset_fp)

/* v0-v31 in four groups of eight, the same way. Clobbers t0. */
FUNC(context_reset_vector)
	.word	0x0c3072d7 /* vsetvli t0, zero, e8, m8, ta, ma */
	.word	0x5e003057 /* vmv.v.i v0, 0 */
	.word	0x5e003457 /* v8 */
	.word	0x5e003857 /* v16 */
	.word	0x5e003c57 /* v24 */
	.word	0xcc007057 /* vsetivli zero, 0, e8, m1, ta, ma */
	csrw	0x008, zero /* vstart */
	csrw	0x00f, zero /* vcsr */
	ret
END_FUNC(context_reset_vector)

/* Traps where there are no vectors. */
FUNC(context_read_vlenb)
	csrr	a0, 0xc22
	ret
END_FUNC(context_read_vlenb)
