package echarts

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

func TestScriptIsTheRelease(t *testing.T) {
	sum := sha256.Sum256([]byte(Script))
	if got := hex.EncodeToString(sum[:]); got != SHA256 {
		t.Errorf("echarts.min.js has digest %s, want %s", got, SHA256)
	}
	if !strings.Contains(Script, `"`+Version+`"`) {
		t.Errorf("echarts.min.js does not name version %s", Version)
	}
}

// A script element ends at the first "</script", wherever it stands.
func TestScriptCanBeInlined(t *testing.T) {
	for _, bad := range []string{"</script", "<!--"} {
		if strings.Contains(strings.ToLower(Script), bad) {
			t.Errorf("echarts.min.js contains %q", bad)
		}
	}
}
