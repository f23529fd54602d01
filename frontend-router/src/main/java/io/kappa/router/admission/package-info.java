/** Which invocations may begin while others run. The door is {@code Admission}. */
@NullMarked
package io.kappa.router.admission;

import org.jspecify.annotations.NullMarked;
