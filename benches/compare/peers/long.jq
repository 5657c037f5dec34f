# Long CSV with jq; the header is written by the caller.
.results[] | .group as $g | .data[] | (.interval | split("/")) as $i | .metrics[] | .stats as $s
| [($g | .mediaType, .queueId), $i[0], $i[1], .metric, $s.count, $s.sum, $s.min, $s.max, $s.ratio,
   $s.numerator, $s.denominator, $s.target]
| @csv
