"""Who meets whom, when: a problem goes in, a plan with its reasons comes out. Pure; knows no database, page or clock."""
