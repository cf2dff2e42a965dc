# SPDX-License-Identifier: GPL-2.0-only
# Turns the compile lines of `make -n` into compile_commands.json.
function quoted(s) { gsub(/[\\"]/, "\\\\&", s); return "\"" s "\"" }
BEGIN { print "[" }
/ -c -o [^ ]+\.o [^ ]+\.c$/ {
	sub(/^[ \t]+/, "")
	if (seen[$NF]++)
		next
	sub(/_zicsr_zifencei/, "") # part of I where clang-tidy 14 looks
	printf "%s  { \"directory\": %s, \"file\": %s, \"command\": %s }", count++ ? ",\n" : "", quoted(dir), quoted($NF), quoted($0)
}
END { print "\n]" }
