/** The operations on tags, of whatever has any. The door is {@code TagEndpoints}. */
@NullMarked
package io.kappa.router.api.tag;

import org.jspecify.annotations.NullMarked;
