/** Shows a new user what the platform does, with the API that everybody uses. The door is {@code Demo}. */
@NullMarked
package io.kappa.standalone.demo;

import org.jspecify.annotations.NullMarked;
