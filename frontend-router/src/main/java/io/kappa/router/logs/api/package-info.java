/** Operations of CloudWatch Logs, as its clients ask for them. The doors are {@code LogsApi} and {@code LogsErrors}. */
@NullMarked
package io.kappa.router.logs.api;

import org.jspecify.annotations.NullMarked;
