/** For the import check alone: a type that is imported across a border breaks the rule as a value does, so it stays visible. */
module.exports = () => ({
  visitor: {
    // On entering the program: the TypeScript preset drops type imports there.
    Program({ node }) {
      for (const statement of node.body) {
        if (statement.type === 'ImportDeclaration') {
          statement.importKind = 'value';
          for (const specifier of statement.specifiers) specifier.importKind = 'value';
        } else if (statement.type === 'ExportNamedDeclaration' && statement.source) {
          statement.exportKind = 'value';
        }
      }
    },
  },
});
