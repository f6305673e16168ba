# minato.bash: completion for minato(1) and minatod(8). The tool itself is asked what it knows, so
# this file never falls behind it.

_minato_lines()
{
	"${COMP_WORDS[0]}" "$@" --help 2>/dev/null
}

_minato()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local words=() at word
	COMPREPLY=()
	case $prev in
	-c | --config) mapfile -t COMPREPLY < <(compgen -f -- "$cur"); return ;;
	--output) mapfile -t COMPREPLY < <(compgen -W "table json ndjson csv" -- "$cur"); return ;;
	esac
	for ((at = 1; at < COMP_CWORD; at++)); do
		word=${COMP_WORDS[at]}
		case $word in
		-c | --config | --output) ((at++)) ;;
		-*) ;;
		*) words+=("$word") ;;
		esac
	done
	local known
	case $cur in
	-*)
		known=$(_minato_lines "${words[@]:0:2}" | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p')
		mapfile -t COMPREPLY < <(compgen -W "-c $known" -- "$cur")
		return
		;;
	esac
	known=$(_minato_lines |
		sed -n '/^Commands:/,/^$/s/^  \([a-z0-9]*\) \{1,\}\([a-z-]*\).*/\1 \2/p')
	case ${#words[@]} in
	0)
		known=$(cut -d' ' -f1 <<<"$known" | sort -u)
		mapfile -t COMPREPLY < <(compgen -W "$known" -- "$cur")
		;;
	1)
		mapfile -t COMPREPLY < <(compgen -W "$(_minato_lines "${words[0]}" |
			sed -n "/^Commands:/,/^\$/s/^  ${words[0]} \([a-z-]*\).*/\1/p")" -- "$cur")
		[ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}

_minatod()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	if [ "$prev" = -c ]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -W "-c -t -e -r" -- "$cur")
	fi
}

complete -o filenames -F _minato minato
complete -o filenames -F _minatod minatod
