package whorl

// Version is the version of this source. CHANGELOG.md describes it; TestVersion
// keeps the two together.
const Version = "0.2.0"
