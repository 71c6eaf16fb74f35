package verifier

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"whorl/fingerprint/imagefile"
	"whorl/fingerprint/quality"
	"whorl/siamese"
)

func TestEnroll(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	out := filepath.Join(t.TempDir(), "g.whorl")
	v := verifierOf(t, 1, siamese.Subtract)
	all := prints(5)
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o777); err != nil {
		t.Fatal(err)
	}
	for i, p := range all {
		writePNG(t, filepath.Join(dir, "a", fmt.Sprintf("%d.PNG", i)), p)
	}
	writePNG(t, filepath.Join(dir, "white.png"), image.NewGray(image.Rect(0, 0, 50, 50)))
	for name, text := range map[string]string{"b.jpg": "no JPEG", "notes.txt": "not looked at"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	done := 0
	got, err := v.Enroll(ctx, dir, out, func(n, total int) { done = n - total })
	if err != nil || got.Prints != 5 || len(got.Refused) != 2 || done != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if r := got.Refused; r[0].Name != "b.jpg" || !errors.Is(r[0].Err, imagefile.ErrFormat) || r[1].Name != "white.png" || !errors.Is(r[1].Err, quality.ErrNoPrint) {
		t.Errorf("refused %+v", r)
	}
	g, err := v.OpenGallery(out)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	e, err := v.Embed(ctx, all[3])
	if err != nil {
		t.Fatal(err)
	}
	if g.Len() != 5 || g.Name(3) != "a/3.PNG" || g.Embedding(3)[0] != e[0].Values()[0] {
		t.Errorf("%d prints, the fourth is %q", g.Len(), g.Name(3))
	}
}

func TestEnrollErrors(t *testing.T) {
	v := verifierOf(t, 1, siamese.Subtract)
	empty, white, out := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "g.whorl")
	writePNG(t, filepath.Join(white, "w.png"), image.NewGray(image.Rect(0, 0, 50, 50)))
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for _, c := range []struct {
		ctx       context.Context
		dir, want string
	}{
		{context.Background(), empty, "no image file"},
		{context.Background(), filepath.Join(empty, "none"), "no such file"},
		{context.Background(), white, "none of 1 files"},
		{cancelled, white, "context canceled"},
	} {
		if _, err := v.Enroll(c.ctx, c.dir, out, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
		if left, err := os.ReadDir(filepath.Dir(out)); err != nil || len(left) > 0 {
			t.Errorf("%q left %v, %v", c.want, left, err)
		}
	}
}
