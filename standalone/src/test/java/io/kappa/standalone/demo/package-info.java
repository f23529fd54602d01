/** Tests of what the demo prints and deploys. */
@NullMarked
package io.kappa.standalone.demo;

import org.jspecify.annotations.NullMarked;
