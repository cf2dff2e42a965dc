#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The ABI as the compiler sees it, compared with the record of its version in tests/unit/abi/; numbers of all records with today's.
# `tests/unit/abi-layout.t record` writes the record of a new version.
set -u

abi=hypervisor/include/bulkhead/abi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
version=$(sed -n 's/^#define BULKHEAD_ABI_M[AJINOR]* \([0-9]*\)$/\1/p' $abi/version.h | paste -sd .)
record=tests/unit/abi/$version.txt

# Everything named in the headers, in their order, as one object that a debugger can be asked about.
for header in "$abi"/*.h; do echo "#include <bulkhead/abi/${header##*/}>"; done >"$dir/all.c"
sed -n 's/^struct \([a-z0-9_]*\) {.*/struct \1/p' "$abi"/*.h >"$dir/structs"
sed -n 's/^enum \([a-z0-9_]*\) {.*/enum \1/p' "$abi"/*.h >"$dir/enums"
awk '{ printf "%s *object%d;\n", $0, NR }' "$dir/structs" "$dir/enums" >>"$dir/all.c"
gcc -g -c -Ihypervisor/include -o "$dir/all.o" "$dir/all.c"
{
	sed 's/.*/ptype \/o &/' "$dir/structs"
	awk '{ printf "echo %s:\\n\n", $0; printf "ptype %s\n", $0 }' "$dir/enums"
} >"$dir/ask"
{
	echo "# The binary interface $version: offset and size of each member, then numbers. Written by the test, never changed by hand."
	gdb-multiarch -nx -batch -x "$dir/ask" "$dir/all.o" 2>&1 | sed 's/[[:space:]]*$//' | awk '
		/^enum .*:$/ { name = $2; sub(":", "", name); next }
		/^type = enum/ {
			sub(/^[^{]*{/, ""); sub(/}.*/, "")
			count = split($0, constant, ", *"); value = 0
			for (i = 1; i <= count; i++) {
				if (split(constant[i], part, " = ") == 2) value = part[2] + 0
				print "number", name, part[1], value++
			}
			next
		}
		{ print }'
	# Numbers that are macros: plain ones, and the ioctls, which hold the sizes of their arguments.
	ours='BULKHEAD|BLOB|CELL|COMM|WINDOW|CONSOLE|LATENCY|EXPORT|IMAGE|BOOT|SYSTEM|HC|HYPERCALL|EXIT'
	gcc -E -dM -Ihypervisor/include "$dir/all.c" | sed -nE "s/^#define (($ours)_[A-Z0-9_]*) .*/\1/p" |
		grep -vE '_H$|_VERSION$|_MINOR$' | LC_ALL=C sort >"$dir/macros"
	{
		cat "$dir/all.c"
		echo '#include <stdio.h>'
		echo 'int main(void) {'
		sed 's/.*/printf("macro & %#llx\\n", (unsigned long long)(&));/' "$dir/macros"
		echo 'return 0; }'
	} >"$dir/print.c"
	gcc -w -Ihypervisor/include -o "$dir/print" "$dir/print.c"
	"$dir/print"
} >"$dir/now"

if [ "${1:-}" = record ]; then
	cp "$dir/now" "$record"
	exit 0
fi

points=0
failed=0
point() { # STATUS NAME
	points=$((points + 1))
	[ "$1" = 0 ] && echo "ok $points - $2" || { echo "not ok $points - $2"; failed=1; }
}

structs=$(grep -c . "$dir/structs")
[ "$structs" -ge 40 ] && [ "$(grep -c 'total size' "$dir/now")" -ge "$structs" ] && [ "$(grep -c ^number "$dir/now")" -ge 100 ] &&
	[ "$(grep -c ^macro "$dir/now")" -ge 60 ]
point $? "the debugger says all of it: $structs structures [HARN-030]"
diff -u "$record" "$dir/now" >"$dir/diff" 2>&1 && same=0 || same=1
sed 's/^/# /' "$dir/diff"
[ $same = 0 ] || echo "# the ABI changed: raise it in $abi/version.h, say so in README, and run 'tests/unit/abi-layout.t record'"
point $same "the ABI is what the record of $version says [HARN-030]"
# A number keeps its name for ever, and a name its number: of hypercalls, ioctls, records, causes, exit reasons.
for old in tests/unit/abi/*.txt; do
	awk '$1 == "number" && $3 !~ /_(COUNT|STATES)$/' "$old"
done | cat - "$dir/now" | awk '
	$1 != "number" || $3 ~ /_(COUNT|STATES)$/ { next }
	{ key = $2 " " $4 }
	(key in name) && name[key] != $3 { print "# " $2 " " $4 " was " name[key] ", is " $3; bad = 1 }
	($3 in value) && value[$3] != $4 { print "# " $3 " was " value[$3] ", is " $4; bad = 1 }
	{ name[key] = $3; value[$3] = $4 }
	END { exit bad }' && same=0 || same=1
point $same "no number is used again [HARN-031]"
echo "1..$points"
exit $failed
