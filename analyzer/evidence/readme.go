package evidence

const readme = `This folder holds what paperlight found in an extract of a practice, and what it went by.

data/report.html      the report, for people
data/report.json      the same, for programs
data/run.json         how the run was made, and the digests of the extract's files
data/states           the counts that the report follows from
data/catalogue        the rules, the code lists and the schemes
data/log.jsonl        what was read and judged, line by line
statement.json        the results as an in-toto statement

To check it with paperlight:
    paperlight verify BUNDLE --signers allowed_signers
Without paperlight, in this folder, with allowed_signers beside it:
    sha256sum -c --quiet tagmanifest-sha256.txt
    sha256sum -c --quiet manifest-sha256.txt
    test "$(find data -type f | LC_ALL=C sort)" = "$(cut -c67- manifest-sha256.txt)" || echo files were added
    ssh-keygen -Y verify -f ../allowed_signers -I WHO -n paperlight-evidence@v1 -s tagmanifest-sha256.txt.sig < tagmanifest-sha256.txt

What it shows: this program, by these rules, gave this report of files with these digests.
What it does not show: that the extract was whole, or true.
The extract is not here. Without a signature anybody can have made this folder.
`
