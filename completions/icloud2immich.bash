# bash completion for icloud2immich. Made from --help by scripts/completions; change it there.

_icloud2immich_options() { # COMMAND, or nothing for the global ones
  case $1 in
    '') echo '--config --state-dir --apple-id --photos-dir --password-file --region --ca-file --endpoint --dry-run --json --log-level --log-format --notify-file --metrics-file --account-name --progress --version --help' ;;
    auth) echo '--method --phone --code-file --wait --try-now --check --warn-days --logout --submit-code' ;;
    sync) echo '--library --album --exclude-album --include --only --since --until --recent --files --layout --jobs --limit-rate --sidecars --no-sidecars --sidecar-rating --adopt --no-adopt --rebuild --deleted --max-deletions --full' ;;
    import) echo '--immich-url --immich-api-key-file --immich-admin-key-file --immich-path --immich-library --accept-move --albums --no-albums --favorites --no-favorites --stacks --no-stacks --live-links --no-live-links --hidden --wait --no-wait --timeout' ;;
    verify) echo '--immich-url --immich-api-key-file --immich-admin-key-file --immich-path --against --quick --subset --restore-sample --list-safe-to-delete --older-than --report --repair' ;;
    status) echo '' ;;
    doctor) echo '--immich-url --immich-api-key-file --immich-admin-key-file --immich-path' ;;
  esac
}

_icloud2immich_takes() { # "COMMAND --option": prints what its value is; fails where it takes none
  case $1 in
    *' --config') echo 'file' ;;
    *' --state-dir') echo 'dir' ;;
    *' --apple-id') echo 'any' ;;
    *' --photos-dir') echo 'dir' ;;
    *' --password-file') echo 'file' ;;
    *' --region') echo 'one world china' ;;
    *' --ca-file') echo 'file' ;;
    *' --endpoint') echo 'one auth= setup=' ;;
    *' --log-level') echo 'one error warn info debug trace' ;;
    *' --log-format') echo 'one text json' ;;
    *' --notify-file') echo 'file' ;;
    *' --metrics-file') echo 'file' ;;
    *' --account-name') echo 'any' ;;
    *' --progress') echo 'one auto always never' ;;
    'auth --method') echo 'one device sms voice' ;;
    'auth --phone') echo 'any' ;;
    'auth --code-file') echo 'file' ;;
    'auth --wait') echo 'any' ;;
    'auth --warn-days') echo 'any' ;;
    'auth --submit-code') echo 'any' ;;
    'sync --library') echo 'one primary shared all' ;;
    'sync --album') echo 'any' ;;
    'sync --exclude-album') echo 'any' ;;
    'sync --include') echo 'list hidden recently-deleted' ;;
    'sync --only') echo 'one photos videos' ;;
    'sync --since') echo 'any' ;;
    'sync --until') echo 'any' ;;
    'sync --recent') echo 'any' ;;
    'sync --files') echo 'list original live raw edited' ;;
    'sync --layout') echo 'one {year}/{month}/{day} {album} {library}' ;;
    'sync --jobs') echo 'any' ;;
    'sync --limit-rate') echo 'any' ;;
    'sync --deleted') echo 'one keep trash' ;;
    'sync --max-deletions') echo 'any' ;;
    'import --immich-url') echo 'any' ;;
    'import --immich-api-key-file') echo 'file' ;;
    'import --immich-admin-key-file') echo 'file' ;;
    'import --immich-path') echo 'any' ;;
    'import --immich-library') echo 'any' ;;
    'import --hidden') echo 'one archive lock' ;;
    'import --timeout') echo 'any' ;;
    'verify --immich-url') echo 'any' ;;
    'verify --immich-api-key-file') echo 'file' ;;
    'verify --immich-admin-key-file') echo 'file' ;;
    'verify --immich-path') echo 'any' ;;
    'verify --against') echo 'list icloud volume immich' ;;
    'verify --subset') echo 'any' ;;
    'verify --restore-sample') echo 'any' ;;
    'verify --older-than') echo 'any' ;;
    'verify --report') echo 'file' ;;
    'doctor --immich-url') echo 'any' ;;
    'doctor --immich-api-key-file') echo 'file' ;;
    'doctor --immich-admin-key-file') echo 'file' ;;
    'doctor --immich-path') echo 'any' ;;
    *) return 1 ;;
  esac
}

_icloud2immich() {
  local current=${COMP_WORDS[COMP_CWORD]} command='' option='' takes='' used=' ' before='' word kind i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then continue; fi # readline makes three words of --only=photos
    if [[ -n $option ]]; then
      if [[ ${COMP_WORDS[i + 1]} != '=' ]]; then option=''; fi # the value, or the name in --endpoint NAME=URL
      continue
    fi
    case $word in
      --*) if takes=$(_icloud2immich_takes "$command $word"); then option=$word; fi ;;
      auth | sync | import | verify | status | doctor) command=$word used+="$word " ;;
    esac
  done
  if [[ $current == '=' ]]; then current=''; fi
  COMPREPLY=()
  if [[ -n $option ]]; then
    kind=${takes%% *}
    case $kind in
      file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
      dir) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
      one)
        if [[ $takes == *= ]]; then compopt -o nospace; fi
        mapfile -t COMPREPLY < <(compgen -W "${takes#* }" -- "$current")
        ;;
      list)
        compopt -o nospace
        if [[ $current == *,* ]]; then before=${current%,*},; fi
        for word in ${takes#* }; do
          if [[ ,$before != *,$word,* && $before$word == "$current"* ]]; then COMPREPLY+=("$before$word"); fi
        done
        ;;
    esac
    return
  fi
  case $command in
    '') used='auth sync import verify status doctor' ;;
    sync | import | verify)
      takes=$used used=''
      for word in sync import verify; do
        if [[ $takes != *" $word "* ]]; then used+="$word "; fi
      done
      ;;
    *) used='' ;;
  esac
  if [[ $current == -* || -z $used ]]; then
    used="$(_icloud2immich_options) $([[ -z $command ]] || _icloud2immich_options "$command")"
  fi
  mapfile -t COMPREPLY < <(compgen -W "$used" -- "$current")
}

complete -F _icloud2immich icloud2immich
