# Completion of akin, akin-build and akin-server in bash. What there is to
# complete is read from the program's own --help, so it is never out of date;
# where nothing of that fits, files are completed.

# The commands that --help on stdin lists, one a line.
_akin_commands() {
  sed -n '/^\(Commands\|Subcommands\):$/,/^$/s/^  \([a-z][a-z-]*\) .*/\1/p'
}

# The flags that --help on stdin lists, one a line.
_akin_flags() {
  sed -n 's/^  \(-[^ ]*\).*/\1/p' | tr ',' '\n'
}

_akin() {
  local program=${1/#\~/$HOME} word=${COMP_WORDS[COMP_CWORD]}
  local help commands command="" i
  COMPREPLY=()
  help=$("$program" --help 2>/dev/null) || return 0
  commands=$(_akin_commands <<<"$help")
  for ((i = 1; i < COMP_CWORD; ++i)); do
    if grep -qxF -e "${COMP_WORDS[i]}" <<<"$commands"; then
      command=${COMP_WORDS[i]}
      help=$("$program" "$command" --help 2>/dev/null)
      break
    fi
  done
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_akin_flags <<<"$help")" -- "$word")
  elif [[ -z $command && ${COMP_WORDS[COMP_CWORD - 1]} != -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$word")
  fi
}

complete -o default -F _akin akin akin-build akin-server
