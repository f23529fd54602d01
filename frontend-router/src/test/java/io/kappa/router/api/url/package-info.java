/** Tests of function URLs. */
@NullMarked
package io.kappa.router.api.url;

import org.jspecify.annotations.NullMarked;
