// Package query is the small language in which runs are chosen and sorted:
//
//	train.lr < 0.01 and evaluate.eer < 2%
//	policy=none and not (state = failed or merge = abs)
//	host ~ gpu or "two words"
//
// A comparison is NAME OPERATOR VALUE with one of the operators = == != <> < <=
// > >= ~ (contains) and !~. Comparisons are joined by and, or, not and
// parentheses; and binds tighter than or, and may be left out. A word alone
// matches a row in which any value contains it. Words and names with spaces
// are quoted. Letter case does not count. A number may end in %.
//
// A name is canonical ("evaluate.eer"), its last part where that is unique
// ("eer"), or a title ("Equal error rate"). A row that lacks a field matches no
// comparison of it; "not" inverts what it is applied to.
//
// The report's filter in the browser is the same language; both are tested on
// testdata/cases.json.
package query
