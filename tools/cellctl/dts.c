// SPDX-License-Identifier: GPL-2.0-only
/*
 * From a file to a tree with positions. A dtb has none, so source is compiled twice: dtc writes it back annotated with
 * file:line:col, that text is compiled, and text and tree are walked in step. A difference is an error, never a guess.
 */
#include "tree.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libfdt.h>

#include "blobfile.h"
#include "process.h"

#define ID_SYNTAX "dts-syntax"
#define INCLUDE_INSTALLED "/usr/share/bulkhead/include"
#define INCLUDE_SOURCE "hypervisor/include"

static int fail(const char *file, const char *fix, const char *what)
{
	struct position at = { .file = file };

	message_error(&at, ID_SYNTAX, "%s", what);
	message_fix("%s", fix);
	return -EINVAL;
}

/* --- diagnostics of cpp and dtc, rewritten to our form --------------------------------------------------------------------- */

/* "file:LINE:COL: text" (cpp) or "file:LINE.COL-..: text" (dtc); false: the line has neither form. */
static bool split_diagnostic(const char *line, struct position *at, const char **text)
{
	for (const char *colon = strchr(line, ':'); colon; colon = strchr(colon + 1, ':')) {
		char *end;
		unsigned long row = strtoul(colon + 1, &end, 10), column;

		if (end == colon + 1 || (*end != '.' && *end != ':') || !isdigit((unsigned char)end[1]))
			continue;
		column = strtoul(end + 1, &end, 10);
		while (*end == '-' || *end == '.' || isdigit((unsigned char)*end))
			end++;
		while (*end == ':' || *end == ' ')
			end++;
		at->file = mem_copy(line, (size_t)(colon - line));
		at->line = (unsigned)row;
		at->column = (unsigned)column;
		*text = end;
		return true;
	}
	return false;
}

static void rewrite_diagnostics(const char *file, const char *log)
{
	unsigned before = message_errors();

	for (const char *line = log; *line;) {
		size_t length = strcspn(line, "\n");
		const char *copy = mem_copy(line, length);
		struct position at = { 0 };
		const char *text;

		line += length + (line[length] == '\n');
		if (!strncmp(copy, "Error: ", 7))
			copy += 7;
		if (strstr(copy, "Warning (") || !split_diagnostic(copy, &at, &text))
			continue;
		if (!strncmp(text, "fatal error: ", 13))
			text += 13;
		else if (!strncmp(text, "error: ", 7))
			text += 7;
		else if (!strncmp(text, "warning: ", 9) || !strncmp(text, "note: ", 6))
			continue;
		message_error(&at, ID_SYNTAX, "%s", text);
		message_fix("%s", strstr(text, "No such file") || strstr(text, "no include path")
					  ? "name a file beside this one, or install Bulkhead's headers in " INCLUDE_INSTALLED
					  : "correct the device tree source here or just before");
	}
	if (message_errors() == before) {
		struct position at = { .file = file };

		message_error(&at, ID_SYNTAX, "dtc did not accept the file: %s", mem_copy(log, strcspn(log, "\n")));
		message_fix("correct the device tree source");
	}
}

/* --- the tools ------------------------------------------------------------------------------------------------------------- */

static bool is_directive(const char *word, size_t length)
{
	static const char *const directives[] = { "include", "define", "undef", "if",    "ifdef",   "ifndef",
						  "else",    "elif",   "endif", "error", "warning", "pragma" };

	for (size_t i = 0; i < ARRAY_SIZE(directives); i++)
		if (strlen(directives[i]) == length && !memcmp(directives[i], word, length))
			return true;
	return false;
}

/* Lines like "#include"; "#address-cells" is a property, and "# 1 "file"" says that cpp was here already. */
static bool needs_cpp(const char *text)
{
	while (*text) {
		const char *s = text + strspn(text, " \t");

		if (*s == '#') {
			s++;
			s += strspn(s, " \t");
			if (is_directive(s, strcspn(s, " \t\r\n<\"(")) && s[strcspn(s, " \t\r\n<\"(=;")] != '=')
				return true;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}

static int run_tool(const char *file, const char *const *argv, const struct bytes *input, struct bytes *output)
{
	struct bytes log = { 0 };
	int status = process_run(argv, input, output, &log, TREE_MAX_SIZE);

	if (status == -ENOENT)
		return fail(file,
			    mem_format("install %s, or run 'cellctl compile' on another machine and use what it writes",
				       strcmp(argv[0], "cpp") ? "device-tree-compiler" : "cpp"),
			    mem_format("%s is needed to read this file and is not installed here", argv[0]));
	if (status < 0)
		return fail(file, "see the system's message", mem_format("cannot run %s: %s", argv[0], strerror(-status)));
	if (status) {
		rewrite_diagnostics(file, log.data ? (const char *)log.data : "");
		return -EINVAL;
	}
	return 0;
}

static int preprocess(const char *path, struct bytes *text)
{
	char self[512];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *near = INCLUDE_INSTALLED;

	/* build/<host or arch>/cellctl of a source tree finds that tree's headers. */
	if (n > 0) {
		self[n] = '\0';
		near = mem_format("%s/../../%s", path_dir(self), INCLUDE_SOURCE);
	}
	const char *const argv[] = {
		"cpp", "-nostdinc", "-undef",          "-D__DTS__", "-x", "assembler-with-cpp", "-I", INCLUDE_SOURCE, "-I",
		near,  "-I",        INCLUDE_INSTALLED, path,        NULL
	};

	return run_tool(path, argv, NULL, text);
}

/* --- positions ------------------------------------------------------------------------------------------------------------- */

enum token { TOKEN_END, TOKEN_NODE, TOKEN_PROPERTY, TOKEN_CLOSE };

/* The last comment of the line: strings may contain look-alikes. "a:3:4-5:6, b:1:2-..." keeps the last place, where the value came from. */
static struct position line_position(const char *line, size_t length)
{
	struct position at = { 0 };
	const char *open = NULL, *text;

	for (size_t i = 0; i + 1 < length; i++)
		if (line[i] == '/' && line[i + 1] == '*')
			open = line + i + 2;
	if (!open || line + length - open < 2 || memcmp(line + length - 2, "*/", 2)) /* the opening one can look like the closing one */
		return at;
	char *body = mem_copy(open, (size_t)(line + length - open) - 2);

	for (char *comma = strstr(body, ", "); comma; comma = strstr(body, ", "))
		body = comma + 2;
	while (*body == ' ')
		body++;
	if (strncmp(body, "<no-file>", 9) && !split_diagnostic(body, &at, &text))
		at = (struct position){ 0 };
	return at;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || strchr(",._+-?#@/", c);
}

/* Next node, property or closing brace of dtc's annotated output; *name is its name. */
static enum token next_token(const char **cursor, const char **name, struct position *at)
{
	while (**cursor) {
		const char *line = *cursor, *s;
		size_t length = strcspn(line, "\n");

		*cursor += length + (line[length] == '\n');
		s = line + strspn(line, "\t ");
		*at = line_position(line, length);
		if (!strncmp(s, "};", 2))
			return TOKEN_CLOSE;
		if (!strncmp(s, "/dts-v1/", 8) || !strncmp(s, "/memreserve/", 12) || s >= line + length)
			continue;
		for (;;) { /* labels */
			size_t n = 0;

			while (*s && s[n] && is_name(s[n]))
				n++;
			if (s[n] != ':' || s[n + 1] != ' ') {
				*name = mem_copy(s, n);
				s += n;
				break;
			}
			s += n + 2;
		}
		return !strncmp(s, " {", 2) ? TOKEN_NODE : TOKEN_PROPERTY;
	}
	return TOKEN_END;
}

static const char *next_tag(const void *fdt, int *offset, enum token *token)
{
	int next, at = *offset;
	u32 tag;

	while ((tag = fdt_next_tag(fdt, at, &next)) == FDT_NOP)
		at = next;
	*offset = next;
	if (tag == FDT_PROP) {
		const char *name = "";

		*token = TOKEN_PROPERTY;
		fdt_getprop_by_offset(fdt, at, &name, NULL);
		return name ? name : "";
	}
	*token = tag == FDT_BEGIN_NODE ? TOKEN_NODE : tag == FDT_END_NODE ? TOKEN_CLOSE : TOKEN_END;
	return tag == FDT_BEGIN_NODE ? fdt_get_name(fdt, at, NULL) : "";
}

static int read_positions(struct tree *tree, const char *text)
{
	struct position inherit = { 0 };
	u32 room = 0;
	int offset = 0;

	for (;;) {
		const char *text_name = "", *tree_name;
		struct position at;
		enum token from_text = next_token(&text, &text_name, &at), from_tree;
		int here = offset;

		tree_name = next_tag(tree->fdt, &offset, &from_tree);
		if (from_text == TOKEN_NODE && !strcmp(text_name, "/"))
			text_name = "";
		if (from_text != from_tree || (from_text != TOKEN_CLOSE && from_text != TOKEN_END && strcmp(text_name, tree_name)))
			return fail(tree->file, "report this file: dtc's text and tree differ",
				    mem_format("lost step at '%s' in the text, '%s' in the tree", text_name, tree_name));
		if (from_text == TOKEN_END)
			return 0;
		if (from_text == TOKEN_CLOSE)
			continue;
		if (!at.file) /* made by dtc itself, like phandle */
			at = inherit;
		inherit = at;
		if (tree->position_count == room) {
			u32 bigger = room ? 2 * room : 256;

			tree->positions = mem_grow(tree->positions, room * sizeof(*tree->positions), bigger * sizeof(*tree->positions));
			room = bigger;
		}
		tree->positions[tree->position_count++] = (struct tree_position){ .offset = (u32)here, .at = at };
	}
}

/* --- files ----------------------------------------------------------------------------------------------------------------- */

int tree_from_dtb(const char *file, const char *dir, struct bytes dtb, struct tree *tree)
{
	int err = dtb.size < FDT_V17_SIZE ? -FDT_ERR_TRUNCATED : 0;

	/* Before version 16 nodes have paths for names, and libfdt 1.6 trusts those while it checks. */
	if (!err && fdt_version(dtb.data) < 17)
		err = -FDT_ERR_BADVERSION;
	if (!err)
		err = fdt_check_full(dtb.data, dtb.size);
	if (err)
		return fail(file, "give a .dts, .dtb or a file written by 'cellctl compile'",
			    mem_format("not a valid device tree: %s", fdt_strerror(err)));
	tree->file = file;
	tree->dir = dir;
	tree->fdt = dtb.data;
	tree_index(tree);
	return 0;
}

static int tree_from_source(const char *path, struct bytes text, struct tree *tree)
{
	static const char *const again[] = { "dtc", "-q", "-I", "dts", "-O", "dtb", "-", NULL };
	const char *dir = path_dir(path);
	const char *const from_file[] = { "dtc", "-q", "-I", "dts", "-O", "dts", "-T", "-T", "-i", dir, path, NULL };
	const char *const from_text[] = { "dtc", "-q", "-I", "dts", "-O", "dts", "-T", "-T", "-i", dir, "-", NULL };
	struct bytes annotated, dtb;
	bool cpp = needs_cpp((const char *)text.data);

	if (memchr(text.data, 0, text.size))
		return fail(path, "give a text file", "not device tree source: contains NUL bytes");
	if (cpp && preprocess(path, &text))
		return -EINVAL;
	if (run_tool(path, cpp ? from_text : from_file, cpp ? &text : NULL, &annotated))
		return -EINVAL;
	if (run_tool(path, again, &annotated, &dtb) || tree_from_dtb(path, dir, dtb, tree))
		return -EINVAL;
	return read_positions(tree, (const char *)annotated.data);
}

int tree_load(const char *path, struct tree *tree)
{
	struct bytes file;
	int err = file_read(path, TREE_MAX_SIZE, &file);

	memset(tree, 0, sizeof(*tree));
	if (err) {
		struct position at = { .file = path };

		message_error(&at, "file-missing", "cannot read: %s", strerror(-err));
		message_fix(err == -ENOENT ? "check the path" : "make it a readable file below 4 MiB");
		return -EINVAL;
	}
	if (file.size >= 4 && tree_number(file.data, 1) == FDT_MAGIC)
		return tree_from_dtb(path, path_dir(path), file, tree);
	if (blobfile_is(file))
		return blobfile_tree(path, file, tree);
	return tree_from_source(path, file, tree);
}

int tree_write_source(const void *fdt, const char *path)
{
	static const char *const argv[] = { "dtc", "-q", "-I", "dtb", "-O", "dts", "-", NULL };
	struct bytes in = { .data = (u8 *)(uintptr_t)fdt, .size = fdt_totalsize(fdt) }, out;
	int err = run_tool(path, argv, &in, &out);

	if (err)
		return err;
	if (!strcmp(path, "-"))
		return fwrite(out.data, 1, out.size, stdout) == out.size ? 0 : -EIO;
	return file_write(path, out.data, out.size, 0644);
}

struct bytes tree_positions_pack(const struct tree *tree)
{
	struct bytes out = { 0 };
	FILE *f = NULL;
	char *text = NULL;

	f = open_memstream(&text, &out.size);
	if (!f)
		return out;
	for (u32 i = 0; i < tree->position_count; i++) {
		const struct tree_position *p = &tree->positions[i];

		fprintf(f, "%u %u %u %s\n", p->offset, p->at.line, p->at.column, p->at.file ? p->at.file : "?");
	}
	fclose(f);
	out.data = (u8 *)mem_copy(text, out.size);
	free(text);
	return out;
}

int tree_positions_unpack(struct tree *tree, const char *text, size_t size)
{
	const char *copy = mem_copy(text, size);
	u32 lines = 0, last = 0;

	for (const char *s = copy; *s; s++)
		lines += *s == '\n';
	tree->positions = mem_alloc(lines * sizeof(*tree->positions) + 1);
	for (u32 i = 0; i < lines; i++) {
		struct tree_position *p = &tree->positions[i];
		int used = 0;

		if (sscanf(copy, "%u %u %u %n", &p->offset, &p->at.line, &p->at.column, &used) != 3 || !used || (i && p->offset <= last))
			return fail(tree->file, "compile the cell again", "damaged position table");
		last = p->offset;
		copy += used;
		p->at.file = mem_copy(copy, strcspn(copy, "\n"));
		copy += strcspn(copy, "\n") + 1;
		tree->position_count = i + 1;
	}
	return 0;
}
