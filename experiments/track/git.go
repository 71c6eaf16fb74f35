package track

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	gitTimeout = 10 * time.Second
	maxDiff    = 8 << 20 // bytes of a diff that are kept
)

// describeSource fills in the git revision of the repository that holds dir,
// and how the working tree differs from it: a line "?? PATH" for each
// untracked file, then a patch that git apply takes. Without git or a
// repository, or before the first commit, it fills in what there is.
func describeSource(ctx context.Context, dir string, r *Run) {
	ctx, cancel := context.WithTimeout(ctx, gitTimeout)
	defer cancel()

	status, err := git(ctx, dir, "-c", "status.relativePaths=false", "status", "--porcelain=v2", "--branch", "--untracked-files=normal")
	if err != nil {
		return
	}
	var untracked bytes.Buffer
	for line := range strings.Lines(string(status)) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch kind {
		case "#":
			if oid, ok := strings.CutPrefix(rest, "branch.oid "); ok && oid != "(initial)" {
				r.GitCommit = oid
			}
		case "?":
			r.GitDirty = true
			fmt.Fprintf(&untracked, "?? %s\n", rest)
		default:
			r.GitDirty = true
		}
	}
	if !r.GitDirty {
		return
	}
	r.GitDiff = untracked.String()
	if r.GitCommit == "" {
		return
	}
	patch, err := git(ctx, dir, "diff", "--binary", "--no-color", "--no-ext-diff", "--no-textconv", "HEAD")
	switch {
	case err != nil:
		r.GitDiff += fmt.Sprintf("(git diff: %v)\n", err)
	case len(patch) > maxDiff:
		r.GitDiff += fmt.Sprintf("(the diff of %d bytes is too large to keep)\n", len(patch))
	default:
		r.GitDiff += string(patch)
	}
}

func git(ctx context.Context, dir string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	// Leave the index alone: the user may be committing.
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	return cmd.Output()
}
