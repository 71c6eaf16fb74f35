// Package echarts carries the chart library that reports embed: Apache
// ECharts, unmodified, as published in the npm package "echarts".
//
// It is kept here so that a report needs no network, neither when it is
// written nor when it is read. To change the version: npm pack
// echarts@VERSION, copy package/dist/echarts.min.js, LICENSE, NOTICE and
// licenses/LICENSE-d3 over the files here, and set Version and SHA256. The
// major version is the one whose options go-echarts v2.6 describes.
//
// Licence: Apache-2.0 (LICENSE.txt, NOTICE.txt); parts from d3 are under the
// BSD 3-clause licence (LICENSE-d3.txt).
package echarts

import _ "embed"

// Version is the release of ECharts that Script is.
const Version = "5.6.0"

// SHA256 is the digest of dist/echarts.min.js of that release.
const SHA256 = "bf4a223524e40b77c304bec67e1222cf551f14880cf42c69dc046558e11c07b1"

// Script is the minified library; it defines the global "echarts".
//
//go:embed echarts.min.js
var Script string
