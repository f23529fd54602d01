/** Tests of the fixtures, and those of the service kit that need a broker: the service kit cannot depend on this module. */
@NullMarked
package io.kappa.testkit;

import org.jspecify.annotations.NullMarked;
