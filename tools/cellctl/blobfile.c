// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blobs: a header, a section table, records. What the hypervisor gets holds kinds below 256 only. A compiled cell (a file) is
 * a blob with two more sections: the device tree it came from and the positions, so that it is checked again, against the
 * machine it is used on, with the same messages.
 */
#include "blobfile.h"

#include <errno.h>
#include <string.h>

static u32 align8(u32 n)
{
	return (n + 7) & ~7u;
}

struct bytes blob_write(u16 type, u16 arch, const char *name, const struct section *sections, u32 count)
{
	u32 used = 0, offset, size;
	struct blob_header *header;
	struct blob_section *table;
	u8 *data;

	for (u32 i = 0; i < count; i++)
		used += sections[i].record_count != 0;
	size = (u32)(sizeof(*header) + used * sizeof(*table));
	offset = size;
	for (u32 i = 0; i < count; i++)
		size += align8(sections[i].record_size * sections[i].record_count);
	data = mem_alloc(size);
	header = (struct blob_header *)data;
	*header = (struct blob_header){ .magic = BLOB_MAGIC,
					.abi_major = BULKHEAD_ABI_MAJOR,
					.abi_minor = BULKHEAD_ABI_MINOR,
					.size = size,
					.type = type,
					.arch = arch,
					.section_count = used };
	memcpy(header->name, name, strnlen(name, sizeof(header->name) - 1));
	table = (struct blob_section *)(header + 1);
	for (u32 i = 0; i < count; i++) {
		u32 bytes = sections[i].record_size * sections[i].record_count;

		if (!sections[i].record_count)
			continue;
		*table++ = (struct blob_section){ .kind = sections[i].kind,
						  .record_size = sections[i].record_size,
						  .record_count = sections[i].record_count,
						  .offset = offset };
		memcpy(data + offset, sections[i].records, bytes);
		offset += align8(bytes);
	}
	return (struct bytes){ .data = data, .size = size };
}

struct bytes blobfile_write(struct bytes blob, const struct tree *tree)
{
	const struct blob_header *header = (const struct blob_header *)blob.data;
	const struct blob_section *table = (const struct blob_section *)(header + 1);
	struct bytes positions = tree_positions_pack(tree);
	struct section sections[18];
	u32 count = 0;

	for (; count < header->section_count && count < 16; count++)
		sections[count] = (struct section){ .kind = table[count].kind,
						    .record_size = table[count].record_size,
						    .record_count = table[count].record_count,
						    .records = blob.data + table[count].offset };
	sections[count++] = (struct section){
		.kind = BLOB_POSITIONS, .record_size = 1, .record_count = (u32)positions.size, .records = positions.data
	};
	/* Big-endian, the size is in the second word. */
	sections[count++] = (struct section){
		.kind = BLOB_SOURCE, .record_size = 1, .record_count = (u32)tree_number((const u8 *)tree->fdt + 4, 1), .records = tree->fdt
	};
	return blob_write(header->type, header->arch, header->name, sections, count);
}

bool blobfile_is(struct bytes file)
{
	u64 magic = BLOB_MAGIC;

	return file.size >= sizeof(struct blob_header) && !memcmp(file.data, &magic, sizeof(magic));
}

/* A section inside the file, or empty. */
static struct bytes section_find(struct bytes file, u16 kind)
{
	struct bytes none = { 0 };
	struct blob_header header;
	struct blob_section s;

	memcpy(&header, file.data, sizeof(header));
	for (u32 i = 0; i < header.section_count; i++) {
		u64 at = sizeof(header) + (u64)i * sizeof(s);
		u64 bytes;

		if (at + sizeof(s) > file.size)
			return none;
		memcpy(&s, file.data + at, sizeof(s));
		bytes = (u64)s.record_size * s.record_count;
		if (s.kind == kind)
			return s.offset > file.size || bytes > file.size - s.offset
				       ? none
				       : (struct bytes){ .data = file.data + s.offset, .size = (size_t)bytes };
	}
	return none;
}

bool blobfile_config(struct bytes file, struct blob_cell *config)
{
	struct bytes section = blobfile_is(file) ? section_find(file, BLOB_CELL_CONFIG) : (struct bytes){ 0 };

	if (section.size != sizeof(*config))
		return false;
	memcpy(config, section.data, sizeof(*config));
	return true;
}

u32 blobfile_windows(struct bytes file, struct blob_cell_window windows[WINDOW_CELL_MAX])
{
	struct bytes section = blobfile_is(file) ? section_find(file, BLOB_CELL_WINDOW) : (struct bytes){ 0 };

	if (section.size % sizeof(*windows) || section.size > WINDOW_CELL_MAX * sizeof(*windows))
		return 0;
	if (section.size)
		memcpy(windows, section.data, section.size);
	return (u32)(section.size / sizeof(*windows));
}

int blobfile_tree(const char *path, struct bytes file, struct tree *tree)
{
	struct position at = { .file = path };
	struct blob_header header;
	struct bytes dtb, positions;
	int err;

	memcpy(&header, file.data, sizeof(header));
	if (header.abi_major != BULKHEAD_ABI_MAJOR) {
		message_error(&at, "version-mismatch", "compiled for ABI %u.%u, this cellctl has %u.%u", header.abi_major, header.abi_minor,
			      BULKHEAD_ABI_MAJOR, BULKHEAD_ABI_MINOR);
		message_fix("compile the cell again with this cellctl");
		return -EINVAL;
	}
	dtb = section_find(file, BLOB_SOURCE);
	positions = section_find(file, BLOB_POSITIONS);
	/* Copied for its alignment, and because trees outlive the file's buffer. */
	dtb.data = (u8 *)mem_copy((const char *)dtb.data, dtb.size);
	err = tree_from_dtb(path, path_dir(path), dtb, tree);
	return err ? err : tree_positions_unpack(tree, (const char *)positions.data, positions.size);
}
