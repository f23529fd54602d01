/** Health, readiness and metrics over HTTP. The door is {@code ManagementServer}. */
@NullMarked
package io.kappa.kit.management;

import org.jspecify.annotations.NullMarked;
