/** What is shipped besides code, held against the code: the chart by what it renders, dashboards and alerts by the metrics that there are. */
@NullMarked
package io.kappa.deploy;

import org.jspecify.annotations.NullMarked;
