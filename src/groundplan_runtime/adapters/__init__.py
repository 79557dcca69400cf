"""Where the runtime meets a framework or a library: one module each, imported only by the parts that use it."""
