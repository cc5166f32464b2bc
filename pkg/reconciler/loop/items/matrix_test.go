/*
Copyright 2026 The Custom Tasks Authors

Licensed under the Apache License, Version 2.0 (the "License");
you may not use this file except in compliance with the License.
You may obtain a copy of the License at

    http://www.apache.org/licenses/LICENSE-2.0

Unless required by applicable law or agreed to in writing, software
distributed under the License is distributed on an "AS IS" BASIS,
WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
See the License for the specific language governing permissions and
limitations under the License.
*/

package items_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/customtasks/customtasks/pkg/apis/custom/v1alpha1"
	"github.com/customtasks/customtasks/pkg/reconciler/loop/items"
	"github.com/google/go-cmp/cmp"
	v1 "github.com/tektoncd/pipeline/pkg/apis/pipeline/v1"
)

// including is a combination of include: "a=1, b=2".
func including(pairs string) v1.IncludeParams {
	var out v1.IncludeParams
	for pair := range strings.SplitSeq(pairs, ", ") {
		name, value, _ := strings.Cut(pair, "=")
		out.Params = append(out.Params, param(name, value))
	}
	return out
}

// The rules are those of the page on matrix in Tekton's documentation, of v1.15.
func TestAMatrixIsAsTektonHasIt(t *testing.T) {
	both := v1.Params{array("platform", "linux", "mac"), array("browser", "safari", "chrome")}
	product := []string{
		"browser=safari, platform=linux", "browser=safari, platform=mac", "browser=chrome, platform=linux", "browser=chrome, platform=mac",
	}
	rows := map[string]struct {
		params  v1.Params
		include v1.IncludeParamsList
		want    []string
	}{
		"params alone are a product":            {params: both, want: product},
		"one param gives each of its values":    {params: both[:1], want: []string{"platform=linux", "platform=mac"}},
		"a value that is there twice is twice":  {params: v1.Params{array("os", "a", "a")}, want: []string{"os=a", "os=a"}},
		"include alone is each of its own":      {include: v1.IncludeParamsList{including("image=1, file=x"), including("image=2")}, want: []string{"file=x, image=1", "image=2"}},
		"include alone may be twice the same":   {include: v1.IncludeParamsList{including("image=1"), including("image=1")}, want: []string{"image=1", "image=1"}},
		"include adds to what it agrees with":   {params: both, include: v1.IncludeParamsList{including("platform=linux, url=some")}, want: []string{product[0] + ", url=some", product[1], product[2] + ", url=some", product[3]}},
		"include agrees with all it is not in":  {params: both[:1], include: v1.IncludeParamsList{including("url=some")}, want: []string{"platform=linux, url=some", "platform=mac, url=some"}},
		"an unknown value is a combination":     {params: both, include: v1.IncludeParamsList{including("browser=none")}, want: append(product[:4:4], "browser=none")},
		"two unknown values are one":            {params: both, include: v1.IncludeParamsList{including("browser=none, platform=none")}, want: append(product[:4:4], "browser=none, platform=none")},
		"a combination that is there stays one": {params: both, include: v1.IncludeParamsList{including("browser=safari, platform=mac")}, want: product},
		"half known, half unknown adds nothing": {params: both, include: v1.IncludeParamsList{including("browser=safari, platform=none")}, want: product},
		"a later include agrees with an earlier one, or is its own": {
			params:  both[:1],
			include: v1.IncludeParamsList{including("url=a"), including("url=b"), including("url=a, flag=x")},
			want:    []string{"flag=x, platform=linux, url=a", "flag=x, platform=mac, url=a", "url=b"},
		},
		"an include of nothing adds nothing": {params: both[:1], include: v1.IncludeParamsList{{Name: "nothing"}}, want: []string{"platform=linux", "platform=mac"}},
		"an empty param leaves no combination, whatever include says": {
			params: v1.Params{array("os", "a"), array("arch")}, include: v1.IncludeParamsList{including("os=b")}, want: []string{},
		},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			list, err := items.Of(v1alpha1.Loop{Matrix: &v1.Matrix{Params: row.params, Include: row.include}}, nil, ",", limit)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(row.want, shown(list)); diff != "" {
				t.Errorf("combinations (-want, +got):\n%s", diff)
			}
		})
	}
}

func TestTheLimitOfAMatrixCountsWhatThereIs(t *testing.T) {
	two := v1.Params{array("os", "a", "b")}
	rows := map[string]struct {
		params  v1.Params
		include v1.IncludeParamsList
		limit   int
		want    string
	}{
		"two and one more are three":            {two, v1.IncludeParamsList{including("os=c, arch=x")}, 3, ""},
		"they are more than two":                {two, v1.IncludeParamsList{including("os=c, arch=x")}, 2, "there are 3 items; at most 2 are allowed"},
		"unknown values of two params are one":  {append(two, array("arch", "x")), v1.IncludeParamsList{including("os=c, arch=y")}, 3, ""},
		"what only contradicts another include": {two, v1.IncludeParamsList{including("url=a"), including("url=b")}, 2, "there are 3 items; at most 2 are allowed"},
		"include alone":                         {nil, v1.IncludeParamsList{including("os=a"), including("os=b")}, 1, "there are 2 items; at most 1 are allowed"},
		"include alone that just fits":          {nil, v1.IncludeParamsList{including("os=a"), including("os=b")}, 2, ""},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := items.Of(v1alpha1.Loop{Matrix: &v1.Matrix{Params: row.params, Include: row.include}}, nil, ",", row.limit)
			if got := fmt.Sprint(err); row.want == "" && err != nil || row.want != "" && got != row.want {
				t.Errorf("got %s; want %q", got, row.want)
			}
		})
	}
}

func TestAMatrixThatTakesTooLongIsRefused(t *testing.T) {
	hundred := make([]string, 100)
	for i := range hundred {
		hundred[i] = fmt.Sprint(i)
	}
	wide := v1.Params{array("a", hundred...), array("b", hundred...)}
	include := func(n int) (out v1.IncludeParamsList) {
		for i := range n {
			out = append(out, including(fmt.Sprintf("c=%d", i)))
		}
		return out
	}
	rows := map[string]struct {
		params  v1.Params
		include int
		want    string
	}{
		"few beside many":    {wide, 99, "<nil>"},
		"many beside many":   {wide, 100, "include has 100 combinations beside the 10000 of params, too many to compare them all; make several loops of it"},
		"include alone":      {nil, 5000, "<nil>"},
		"too many of itself": {v1.Params{array("a", "1")}, 1000, "include has 1000 combinations beside the 1 of params, too many to compare them all; make several loops of it"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			_, err := items.Of(v1alpha1.Loop{Matrix: &v1.Matrix{Params: row.params, Include: include(row.include)}}, nil, ",", math.MaxInt)
			if got := fmt.Sprint(err); got != row.want {
				t.Errorf("got %s; want %s", got, row.want)
			}
		})
	}
}
