/** What functions have used, as records: of each invocation, and added up for each function and day. */
@NullMarked
package io.kappa.contracts.metering;

import org.jspecify.annotations.NullMarked;
