/** Bodies of HTTP requests and answers. The door is {@code BoundedBody}. */
@NullMarked
package io.kappa.kit.http;

import org.jspecify.annotations.NullMarked;
