/** What a captive portal or an expired session answers to anything, with status 200. */
export const loginPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Sign in</title></head>
<body><h1>Sign in</h1><p>This page stands for a login page in front of a logs backend.</p></body>
</html>
`;
