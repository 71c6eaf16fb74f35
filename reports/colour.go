package reports

import "fmt"

// palette tells groups of runs apart, also for colour-blind readers by their
// lightness. Each has a contrast of at least 3:1 (WCAG 2.2, 1.4.11) with the
// page in its light and in its dark form.
var palette = []string{
	"#2f7ed8", "#d9622b", "#1f9274", "#b0509f", "#9a7b12",
	"#6b6fd6", "#c8445c", "#4b8b2b", "#2790a6", "#8a7a6d",
}

// neutral is the colour of what stands for no trial, or for trials that have
// no colour in common.
const neutral = "#8b8f98"

// dashes tell replicates of a group apart, as patterns of drawn and left-out
// lengths; the first is a solid line.
var dashes = []string{"solid", "dashed", "dotted"}

// A style is how a trial is drawn wherever it appears.
type style struct {
	Color string // #rrggbb
	Dash  string // of ECharts: solid, dashed or dotted
}

// styleTrials gives each group a colour and its replicates their dashes. If
// there is one group only, its replicates get the colours.
func styleTrials(trials []*trial) {
	groups := groupsOf(trials)
	for _, g := range groups {
		for i, t := range g.Trials {
			colour, dash := g.Index, i
			if len(groups) == 1 {
				colour, dash = i, i/len(palette)
			}
			t.Style = style{Color: palette[colour%len(palette)], Dash: dashes[(dash+colour/len(palette))%len(dashes)]}
		}
	}
}

// styleGroups gives each group a colour by its place, so that those shown first
// differ in it, and a dash where colours repeat.
func styleGroups(groups []*replicates) {
	for _, g := range groups {
		for _, t := range g.Trials {
			t.Style = style{Color: palette[g.Place%len(palette)], Dash: dashes[g.Place/len(palette)%len(dashes)]}
		}
	}
}

// Dasharray is the SVG form of the style's dashes.
func (s style) Dasharray() string {
	switch s.Dash {
	case "dashed":
		return "5 3"
	case "dotted":
		return "1.5 2.5"
	}
	return "none"
}

// Class names the trial's elements for the script, which shows and hides them.
func (t *trial) Class() string { return fmt.Sprintf("run-%d", t.Index) }
