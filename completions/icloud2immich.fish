# fish completion for icloud2immich. Made from --help by scripts/completions; change it there.

function __icloud2immich_command # prints the command that the cursor stands in; fails before any
    set -l given (string match -r '^(?:auth|sync|import|verify|status|doctor)$' -- (commandline -opc)[2..])
    and echo $given[-1]
end

function __icloud2immich_in
    test (__icloud2immich_command; or echo -) = $argv[1]
end

function __icloud2immich_may # whether this command can come next
    set -l given (__icloud2immich_command)
    or return 0
    contains -- $given sync import verify
    and contains -- $argv[1] sync import verify
    and not contains -- $argv[1] (commandline -opc)
end

function __icloud2immich_list # a list with commas, and the words that are not in it yet
    set -l given (string split , -- (commandline -ct | string replace -r '^--[a-z-]+=' ''))
    set -e given[-1]
    for word in $argv
        contains -- $word $given
        or string join , -- $given $word
    end
end

complete -c icloud2immich -f
complete -c icloud2immich -n '__icloud2immich_may auth' -a auth -d 'Signs in to iCloud (password, second factor) and stores the session'
complete -c icloud2immich -n '__icloud2immich_may sync' -a sync -d 'Mirrors the iCloud catalogue, then brings every selected file onto the volume'
complete -c icloud2immich -n '__icloud2immich_may import' -a import -d 'Registers the volume as an Immich external library, scans it, carries over albums and flags'
complete -c icloud2immich -n '__icloud2immich_may verify' -a verify -d 'Proves that iCloud, the volume and Immich hold the same'
complete -c icloud2immich -n '__icloud2immich_may status' -a status -d 'Shows session, ledger, last runs and what to do next; touches no network'
complete -c icloud2immich -n '__icloud2immich_may doctor' -a doctor -d 'Checks all that a run needs, one line each, with what to do; changes nothing'
complete -c icloud2immich -l config -r -F -d 'TOML file with the same options'
complete -c icloud2immich -l state-dir -x -a '(__fish_complete_directories)' -d 'Session and ledger, one folder per Apple ID below it'
complete -c icloud2immich -l apple-id -x -d 'The account; default: the only one in the state dir'
complete -c icloud2immich -l photos-dir -x -a '(__fish_complete_directories)' -d 'The volume the files go to'
complete -c icloud2immich -l password-file -r -F -d 'File with the password; else ICLOUD2IMMICH_PASSWORD, else a prompt'
complete -c icloud2immich -l region -x -a 'world china' -d 'Apple\'s hosts: world or china; default: as Apple says, world at first'
complete -c icloud2immich -l ca-file -r -F -d 'Extra trust anchors, PEM'
complete -c icloud2immich -l endpoint -x -a 'auth= setup=' -d 'NAME=URL, NAME is auth or setup; for tests and proxies'
complete -c icloud2immich -l dry-run -d 'Says what would be done; changes nothing'
complete -c icloud2immich -l json -d 'One JSON document with the results on standard output'
complete -c icloud2immich -l log-level -x -a 'error warn info debug trace' -d 'error, warn, info, debug or trace'
complete -c icloud2immich -l log-format -x -a 'text json' -d 'text or json (one object a line)'
complete -c icloud2immich -l notify-file -r -F -d 'File with the addresses to tell how runs go, one a line'
complete -c icloud2immich -l metrics-file -r -F -d 'File with how things stand, in Prometheus\' text format'
complete -c icloud2immich -l account-name -x -d 'What others read of the account; default: masked'
complete -c icloud2immich -l progress -x -a 'auto always never' -d 'auto (a terminal only), always or never'
complete -c icloud2immich -n '__icloud2immich_in auth' -l method -x -a 'device sms voice' -d 'How the code comes: device, sms or voice'
complete -c icloud2immich -n '__icloud2immich_in auth' -l phone -x -d 'Which trusted number, as listed'
complete -c icloud2immich -n '__icloud2immich_in auth' -l code-file -r -F -d 'No terminal: wait for the six digits in this file'
complete -c icloud2immich -n '__icloud2immich_in auth' -l wait -x -d 'How long to wait for a code, or for Allow Access'
complete -c icloud2immich -n '__icloud2immich_in auth' -l try-now -d 'Tries although Apple refused a while ago; a terminal asks instead'
complete -c icloud2immich -n '__icloud2immich_in auth' -l check -d 'Asks nothing, renews what can be renewed without a person'
complete -c icloud2immich -n '__icloud2immich_in auth' -l warn-days -x -d 'With --check: end in 3 when fewer days are left'
complete -c icloud2immich -n '__icloud2immich_in auth' -l logout -d 'Ends the session and removes it from the disk'
complete -c icloud2immich -n '__icloud2immich_in auth' -l submit-code -x -d 'Hands the code (- reads it from standard input) to the auth that waits in another process'
complete -c icloud2immich -n '__icloud2immich_in sync' -l library -x -a 'primary shared all' -d 'primary, shared, all, or a zone name; repeatable'
complete -c icloud2immich -n '__icloud2immich_in sync' -l album -x -d 'Only this album, Parent/Child when nested; repeatable'
complete -c icloud2immich -n '__icloud2immich_in sync' -l exclude-album -x -d 'Not this album; repeatable'
complete -c icloud2immich -n '__icloud2immich_in sync' -l include -x -a '(__icloud2immich_list hidden recently-deleted)' -d 'hidden, recently-deleted'
complete -c icloud2immich -n '__icloud2immich_in sync' -l only -x -a 'photos videos' -d 'photos or videos'
complete -c icloud2immich -n '__icloud2immich_in sync' -l since -x -d 'Captured on this day or later (ISO 8601)'
complete -c icloud2immich -n '__icloud2immich_in sync' -l until -x -d 'Captured on this day or earlier; with a time: before it'
complete -c icloud2immich -n '__icloud2immich_in sync' -l recent -x -d 'Only the N newest of what the rest selects'
complete -c icloud2immich -n '__icloud2immich_in sync' -l files -x -a '(__icloud2immich_list original live raw edited)' -d 'Which files of an asset'
complete -c icloud2immich -n '__icloud2immich_in sync' -l layout -x -a '{year}/{month}/{day} {album} {library}' -d 'Folder below the photos dir'
complete -c icloud2immich -n '__icloud2immich_in sync' -l jobs -x -d 'Files, or pages of a listing, in transfer at once'
complete -c icloud2immich -n '__icloud2immich_in sync' -l limit-rate -x -d 'Bytes a second, e.g. 10M'
complete -c icloud2immich -n '__icloud2immich_in sync' -l sidecars -d 'XMP beside a file where iCloud knows more than the file says (default on)'
complete -c icloud2immich -n '__icloud2immich_in sync' -l no-sidecars -d 'XMP beside a file where iCloud knows more than the file says (default on)'
complete -c icloud2immich -n '__icloud2immich_in sync' -l sidecar-rating -d 'Writes a favourite as rating 5 into the sidecar, too'
complete -c icloud2immich -n '__icloud2immich_in sync' -l adopt -d 'Recognise files on the volume by content (default on); given here: look again at all'
complete -c icloud2immich -n '__icloud2immich_in sync' -l no-adopt -d 'Recognise files on the volume by content (default on); given here: look again at all'
complete -c icloud2immich -n '__icloud2immich_in sync' -l rebuild -d 'Makes a lost or damaged ledger anew from iCloud and the volume'
complete -c icloud2immich -n '__icloud2immich_in sync' -l deleted -x -a 'keep trash' -d 'Files deleted in iCloud: keep, or trash (moved to .icloud2immich/trash/)'
complete -c icloud2immich -n '__icloud2immich_in sync' -l max-deletions -x -d 'With --deleted trash: above it nothing is moved, and the run ends in 11'
complete -c icloud2immich -n '__icloud2immich_in sync' -l full -d 'List the whole library anew instead of asking for changes'
complete -c icloud2immich -n '__icloud2immich_in import' -l immich-url -x -d 'Immich\'s address (also IMMICH_INSTANCE_URL)'
complete -c icloud2immich -n '__icloud2immich_in import' -l immich-api-key-file -r -F -d 'File with the library owner\'s API key (else IMMICH_API_KEY)'
complete -c icloud2immich -n '__icloud2immich_in import' -l immich-admin-key-file -r -F -d 'File with an admin\'s key; default: the same key'
complete -c icloud2immich -n '__icloud2immich_in import' -l immich-path -x -d 'How the Immich server sees the photos dir'
complete -c icloud2immich -n '__icloud2immich_in import' -l immich-library -x -d 'Name of the external library'
complete -c icloud2immich -n '__icloud2immich_in import' -l accept-move -d 'Goes on where Immich sees the volume at another path, at the cost of what was set there by hand'
complete -c icloud2immich -n '__icloud2immich_in import' -l albums -d 'Carry over albums (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l no-albums -d 'Carry over albums (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l favorites -d 'Carry over favourites (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l no-favorites -d 'Carry over favourites (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l stacks -d 'Stack edits over originals, RAW behind JPEG, bursts behind their pick (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l no-stacks -d 'Stack edits over originals, RAW behind JPEG, bursts behind their pick (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l live-links -d 'Check and mend the films of live photos (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l no-live-links -d 'Check and mend the films of live photos (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l hidden -x -a 'archive lock' -d 'What is hidden in iCloud: archive, or lock (no API key can see or undo that afterwards)'
complete -c icloud2immich -n '__icloud2immich_in import' -l wait -d 'Wait for Immich\'s scan (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l no-wait -d 'Wait for Immich\'s scan (default on)'
complete -c icloud2immich -n '__icloud2immich_in import' -l timeout -x -d 'How long to wait for the scan'
complete -c icloud2immich -n '__icloud2immich_in verify' -l immich-url -x -d 'Immich\'s address (also IMMICH_INSTANCE_URL)'
complete -c icloud2immich -n '__icloud2immich_in verify' -l immich-api-key-file -r -F -d 'File with the library owner\'s API key (else IMMICH_API_KEY)'
complete -c icloud2immich -n '__icloud2immich_in verify' -l immich-admin-key-file -r -F -d 'File with an admin\'s key; default: the same key'
complete -c icloud2immich -n '__icloud2immich_in verify' -l immich-path -x -d 'How the Immich server sees the photos dir'
complete -c icloud2immich -n '__icloud2immich_in verify' -l against -x -a '(__icloud2immich_list icloud volume immich)' -d 'icloud,volume,immich; default: all that is configured'
complete -c icloud2immich -n '__icloud2immich_in verify' -l quick -d 'Trusts size and modification time instead of reading every byte'
complete -c icloud2immich -n '__icloud2immich_in verify' -l subset -x -d 'Read only this part, 5% or 1/12, the oldest proofs first; with --quick look at the others'
complete -c icloud2immich -n '__icloud2immich_in verify' -l restore-sample -x -d 'Fetch so many originals, drawn at random, from iCloud again and compare them'
complete -c icloud2immich -n '__icloud2immich_in verify' -l list-safe-to-delete -d 'List what is proven on the volume and in Immich; nothing is deleted'
complete -c icloud2immich -n '__icloud2immich_in verify' -l older-than -x -d 'With --list-safe-to-delete: captured longer ago, e.g. 30d'
complete -c icloud2immich -n '__icloud2immich_in verify' -l report -r -F -d 'Write the result to this file too: .html a page for people, .json the same for programs'
complete -c icloud2immich -n '__icloud2immich_in verify' -l repair -d 'Queues what is missing or damaged for the next sync'
complete -c icloud2immich -n '__icloud2immich_in doctor' -l immich-url -x -d 'Immich\'s address (also IMMICH_INSTANCE_URL)'
complete -c icloud2immich -n '__icloud2immich_in doctor' -l immich-api-key-file -r -F -d 'File with the library owner\'s API key (else IMMICH_API_KEY)'
complete -c icloud2immich -n '__icloud2immich_in doctor' -l immich-admin-key-file -r -F -d 'File with an admin\'s key; default: the same key'
complete -c icloud2immich -n '__icloud2immich_in doctor' -l immich-path -x -d 'How the Immich server sees the photos dir'
complete -c icloud2immich -l help -d 'Prints the options'
complete -c icloud2immich -l version -d 'Prints the version'
