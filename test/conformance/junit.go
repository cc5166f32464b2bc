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

package conformance

import (
	"encoding/xml"
	"fmt"
	"io"
)

// The elements of JUnit's XML that CI systems read.
type (
	junitSuite struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Failure *junitMessage `xml:"failure,omitempty"`
		Skipped *junitMessage `xml:"skipped,omitempty"`
		Output  string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// WriteJUnit writes the report as JUnit's XML.
func (r Report) WriteJUnit(w io.Writer) error {
	total := r.total()
	suite := junitSuite{Name: r.APIVersion + " " + r.Kind, Tests: len(r.Cases), Failures: total.Failed, Skipped: total.Skipped}
	for _, o := range r.Cases {
		c := junitCase{
			Class: fmt.Sprintf("%s.%s", r.Kind, o.Level),
			Name:  o.Number + " " + o.Title,
			Time:  fmt.Sprintf("%.1f", o.Seconds),
		}
		switch o.Result {
		case Failed:
			c.Failure = &junitMessage{Message: o.Seen, Text: o.text(true)}
		case Skipped:
			c.Skipped = &junitMessage{Message: o.Seen}
		case Passed:
			c.Output = o.text(true)
		}
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(suite); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
