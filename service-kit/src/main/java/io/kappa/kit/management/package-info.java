/** Health, readiness and metrics over HTTP. The doors are {@code Health}, {@code ProcessMetrics} and {@code ManagementServer}. */
@NullMarked
package io.kappa.kit.management;

import org.jspecify.annotations.NullMarked;
