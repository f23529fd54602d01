/** The operations on functions and their versions: rules, wire shapes and answers. The door is {@code FunctionEndpoints}. */
@NullMarked
package io.kappa.router.api.function;

import org.jspecify.annotations.NullMarked;
